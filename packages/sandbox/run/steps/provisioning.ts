import { compile } from "entra-mappings";
import type { Run } from "../run";
import { checkOtherTeam, waitForJob, ourDirectory, output, userNameExpression } from "./queries";

/** Provisions the direct members of the groups with mapped names, and checks that the Job then switches the team. */
export async function provisioning(run: Run): Promise<void> {
  const { graph, smallstep, checks } = run;
  const { state } = graph;
  const tenantUsers = [...state.users.values()];
  const chosen = tenantUsers.filter(({ userPrincipalName }) => userPrincipalName.endsWith("@corp.com"));
  state.addMembers(
    state.groupByName("ssh").id,
    chosen.map(({ userPrincipalName }) => userPrincipalName),
  );
  state.addMembers(state.groupByName("sudo").id, ["ada.lovelace@corp.com"]);
  const summary = await graph.runCycle();
  checks.assert(
    "a cycle creates users and groups",
    summary.created > 60,
    `${summary.created} created, ${summary.failed} failed`,
  );

  const { directory, otherDirectory, scim } = smallstep;
  const evaluate = compile(userNameExpression);
  // Entra creates no account for users who are disabled in their first cycle.
  const enabled = chosen.filter(({ accountEnabled }) => accountEnabled);
  const wanted = enabled.map((user) => {
    const attributes: Record<string, unknown> = { ...user };
    return String(evaluate((name) => (typeof attributes[name] === "string" ? attributes[name] : null)));
  });
  const names = new Set(scim.users(directory.id).map(({ userName }) => userName));
  const missing = [...new Set(wanted)].filter((name) => !names.has(name));
  checks.equal("every enabled user has the mapped name in the SCIM directory", missing, []);
  checks.assert(
    "no user name contains an @ or an uppercase letter",
    [...names].every((name) => !/[@A-Z]/.test(name)),
    `${names.size} users`,
  );
  const groups = scim.groups(directory.id).map(({ displayName }) => displayName);
  checks.equal("the SCIM directory contains the groups", groups.sort(), ["platform-ssh", "ssh", "sudo"]);

  const name = String(await output(run, "registrationJob"));
  checks.equal("the Job completes", await waitForJob(run, name), "Complete");
  checks.equal("the team uses the directory", await ourDirectory(run), directory.id);
  await checkOtherTeam(run);
  checks.equal("the other directory is unchanged", scim.users(otherDirectory.id).length, 0);
}
