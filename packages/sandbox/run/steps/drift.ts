import { equivalent, sourceExpression } from "entra-mappings";
import { signUser } from "../../smallstep/ca/step-ca/sign";
import type { Run } from "../run";
import { issueAboutDrift } from "./review";
import { expectStatus } from "./status";
import {
  checkOtherTeam,
  waitForJob,
  ourDirectory,
  output,
  onlySyncJob,
  userNameExpression,
  userNameMapping,
} from "./queries";

/** Drift: an administrator changes the user name mapping in the portal, which would rename all users. */
export async function mappingEdited(run: Run): Promise<void> {
  const name = "userPrincipalName";
  userNameMapping(run).source = { type: "Attribute", name, expression: `[${name}]`, parameters: [] };
  const expected = ["Drift of `dev`: 1 resource is not as deployed", "`mappings.userName.source`: `userPrincipalName`"];
  await issueAboutDrift(run, expected, () => foundAndRepaired(run, "usersync:entra:AttributeMappings"));
  const restored = sourceExpression(userNameMapping(run).source ?? {});
  run.checks.assert("the user name expression is restored", equivalent(restored, userNameExpression), restored);
  run.checks.equal("the synchronization job stays active", onlySyncJob(run).job.schedule.state, "Active");
}

/** Drift: a database administrator switches the team to another directory, which would lock out all users. */
export async function teamRepointed(run: Run): Promise<void> {
  const { smallstep } = run;
  await smallstep.query("update teams set ssh_directory_id = $1 where slug = $2", [
    smallstep.otherDirectory.id,
    smallstep.team.slug,
  ]);
  await expectStatus(run, { provisioning: "ok", team: "critical" }, 2);
  await foundAndRepaired(run, "usersync:smallstep:Registration");
  await jobRuns(run);
  run.checks.equal("the team uses its directory again", await ourDirectory(run), smallstep.directory.id);
  await checkOtherTeam(run);
}

/** Drift: an administrator removes the provisioner from the CA, so that no user can get a certificate. */
export async function provisionerRemoved(run: Run): Promise<void> {
  await run.smallstep.ca.remove("azuread");
  await foundAndRepaired(run, "usersync:smallstep:Registration");
  await jobRuns(run);
  const { ca } = run.smallstep;
  const names = (await ca.provisioners()).map(({ name }) => name);
  run.checks.assert("the provisioner is registered again", names.includes("azuread"), names.join(", "));
  if (ca.kind !== "step-ca") return;
  const idToken = await run.graph.idToken("ada.lovelace@corp.com", String(await output(run, "clientId")));
  const { status } = await signUser({ url: ca.url, rootCert: run.authority.caPem }, idToken);
  run.checks.equal("step-ca signs certificates again", status, 201);
}

async function foundAndRepaired({ stack, checks }: Run, type: string): Promise<void> {
  const refresh = await stack.refresh();
  const found = refresh.steps.filter((step) => step.type === type && step.op === "update");
  checks.assert(
    "refresh detects the drift",
    found.length > 0,
    refresh.steps.map((step) => `${step.op} ${step.type}`).join(", "),
  );
  const up = await stack.up();
  const repaired = up.steps.filter((step) => step.type === type && step.op === "update");
  checks.assert("up repairs the drift", repaired.length > 0, repaired.flatMap(({ diffs }) => diffs).join(", "));
}

async function jobRuns(run: Run): Promise<void> {
  const name = String(await output(run, "registrationJob"));
  run.checks.equal(`the Job runs again as ${name}`, await waitForJob(run, name), "Complete");
}
