import { isDeepStrictEqual } from "node:util";
import { oidcConfigurationEndpoint } from "@smallstep-ssh/components";
import { equivalent, sourceExpression } from "entra-mappings";
import { scimTemplateSchema } from "entra-emulator/testing";
import type { Run } from "../run";
import {
  checkOtherTeam,
  ourDirectory,
  output,
  onlySyncJob,
  until,
  userMapping,
  userNameExpression,
  userNameMapping,
} from "./queries";
import { expectStatus } from "./status";

/** Deploys the stack. The Job does not switch the team, because no user is provisioned yet. */
export async function deployment(run: Run): Promise<void> {
  const { smallstep, runner, stack, checks } = run;
  const { changes } = await stack.up();
  checks.assert("up creates resources", (changes.create ?? 0) > 20, `${changes.create ?? 0} created`);
  const outputs = await stack.outputs();
  checks.assert("the output clientSecret is secret", outputs["clientSecret"]?.secret === true);
  checks.equal(
    "the output sshConfigCommand contains the quoted placeholder",
    outputs["sshConfigCommand"]?.value,
    [
      `step ssh config --team ${smallstep.team.slug}`,
      `--team-url 'https://api.smallstep.example/v1/teams/<>/authorities/ssh'`,
    ].join(" "),
  );
  checks.equal("the synchronization job is active", onlySyncJob(run).job.schedule.state, "Active");

  checkMappings(run);
  checkOrder(run);
  if (runner !== undefined) await checkRegistration(run);
}

function checkMappings(run: Run): void {
  const record = onlySyncJob(run);
  const mappings = userMapping(record.schema).attributeMappings;
  run.checks.equal(
    "the schema contains exactly the quickstart's user mappings",
    mappings.map((entry) => entry.targetAttributeName).sort(),
    ["active", "displayName", 'emails[type eq "work"].value', "name.familyName", "name.givenName", "userName"],
  );
  const matching = mappings.filter(({ matchingPriority }) => matchingPriority > 0);
  run.checks.equal(
    "only userName is a matching attribute, with priority 1",
    matching.map((entry) => [entry.targetAttributeName, entry.matchingPriority]),
    [["userName", 1]],
  );
  const expression = sourceExpression(userNameMapping(run).source ?? {});
  run.checks.assert(
    "userName has the expression of the default preset",
    equivalent(expression, userNameExpression),
    expression,
  );
  const template = scimTemplateSchema(record.job.id);
  template.version = record.schema.version;
  userMapping(template).attributeMappings = mappings;
  run.checks.assert(
    "the rest of the schema is identical to the template",
    isDeepStrictEqual(template, record.schema),
    `${JSON.stringify(template).length} bytes`,
  );
}

/** Checks in the emulator's log that the job was started after credentials, mappings and assignments were written. */
function checkOrder({ graph, checks }: Run): void {
  const log = graph.requests.all().filter(({ status }) => status >= 200 && status < 300);
  const first = (method: string, path: RegExp) =>
    log.find((request) => request.method === method && path.test(request.path))?.sequence;
  const assigned = log.filter(({ method, path }) => method === "POST" && /\/appRoleAssign(edTo|ments)$/.test(path));
  const before = [
    first("PUT", /\/synchronization\/secrets$/),
    first("PUT", /\/schema$/),
    ...assigned.map(({ sequence }) => sequence),
  ];
  const started = first("POST", /\/jobs\/[^/]+\/start$/) ?? -1;
  checks.assert(
    "the synchronization job starts only after credentials, mappings and assignments exist",
    assigned.length === 3 && before.every((sequence) => sequence !== undefined && sequence < started),
    `requests ${before.join(", ")}, then start ${started}`,
  );
}

async function checkRegistration(run: Run): Promise<void> {
  const { graph, smallstep, checks } = run;
  const name = String(await output(run, "registrationJob"));
  const waiting = await until(60, undefined, async () => {
    const pods = await run.core.listNamespacedPod({ namespace: "smallstep", labelSelector: `job-name=${name}` });
    const init = pods.items[0]?.status?.initContainerStatuses;
    return init?.some(({ name, state }) => name === "wait-for-users" && state?.running) || undefined;
  });
  checks.assert("the Job waits for users", waiting === true, name);
  await expectStatus(run, { provisioning: "ok", "last cycle": "waiting", team: "waiting", provisioner: "ok" }, 1);
  const provisioner = (await smallstep.ca.provisioners()).find((entry) => entry["name"] === "azuread");
  checks.equal(
    "the provisioner is registered at the CA",
    [provisioner?.["clientID"], provisioner?.["tenantID"], provisioner?.["configurationEndpoint"]],
    [await output(run, "clientId"), graph.tenantId, oidcConfigurationEndpoint(graph.tenantId, graph.url)],
  );
  checks.equal("the team is not switched yet", await ourDirectory(run), null);
  await checkOtherTeam(run);
}
