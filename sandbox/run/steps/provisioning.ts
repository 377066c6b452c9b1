import { compile } from "../../../mappings/expression";
import type { User } from "../../graph/state/types";
import type { Run } from "../scenario";
import { directoryOf, waitForJob, ourDirectory, output, userNameExpression } from "./look";

/** Direct members of the groups are provisioned with mapped names; then, and only then, the Job switches the team. */
export async function provisioning(run: Run): Promise<void> {
  const { world, checks } = run;
  const { state } = world.graph;
  const everybody = [...state.users.values()];
  const chosen = everybody.filter(({ userPrincipalName }) => userPrincipalName.endsWith("@corp.com"));
  state.addMembers(
    state.groupByName("ssh").id,
    chosen.map(({ userPrincipalName }) => userPrincipalName),
  );
  state.addMembers(state.groupByName("sudo").id, ["ada.lovelace@corp.com"]);
  const summary = await world.graph.runCycle();
  checks.assert(
    "a cycle creates users and groups",
    summary.created > 60,
    `${summary.created} created, ${summary.failed} failed`,
  );

  const { directory, otherDirectory, otherTeam, scim } = world.smallstep;
  const evaluate = compile(userNameExpression);
  // Entra makes no account for people who are disabled when it first sees them.
  const enabled = chosen.filter(({ accountEnabled }) => accountEnabled);
  const wanted = enabled.map((user) => String(evaluate((name) => lookup(user, name))));
  const users = scim.users(directory.id) as { userName: string }[];
  const names = new Set(users.map(({ userName }) => userName));
  const missing = [...new Set(wanted)].filter((name) => !names.has(name));
  checks.equal("everybody has the mapped name in the SCIM directory", missing, []);
  checks.assert(
    "no name has an @ or a capital letter",
    [...names].every((name) => !/[@A-Z]/.test(name)),
    `${names.size} users`,
  );
  const groups = (scim.groups(directory.id) as { displayName: string }[]).map(({ displayName }) => displayName).sort();
  checks.equal("the groups are there", groups, ["platform-ssh", "ssh", "sudo"]);

  const name = String(await output(run, "registrationJob"));
  checks.equal("the Job completes", await waitForJob(run, name), "Complete");
  checks.equal("the team uses the directory now", await ourDirectory(run), directory.id);
  checks.equal("the other team is untouched", await directoryOf(run, otherTeam.slug), otherTeam.directoryId);
  checks.equal("the other directory is untouched", scim.users(otherDirectory.id).length, 0);
}

function lookup(user: User, name: string): string | null | undefined {
  return (user as unknown as Record<string, string | null | undefined>)[name];
}
