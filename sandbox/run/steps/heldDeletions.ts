import type { Run } from "../scenario";
import { asConfig } from "../settings";
import { onlySyncJob } from "./look";

/** Somebody empties a group: Entra holds the cycle, and the stack does not let it go on by itself. */
export async function heldDeletions(run: Run): Promise<void> {
  const { world, stack, checks } = run;
  const { state } = world.graph;
  const { scim, directory } = world.smallstep;
  const group = state.groupByName("ssh").id;
  const members = state.members.targets(group).map((id) => state.users.get(id)?.userPrincipalName ?? "");
  const active = () => scim.users(directory.id).filter(({ active }) => active !== false).length;
  const before = active();

  state.removeMembers(group, members);
  const summary = await world.graph.runCycle();
  checks.assert("a cycle that would disable nearly everybody is held", summary.held > 40, `${summary.held} held`);
  checks.equal("nobody was disabled", active(), before);
  const refresh = await stack.refresh();
  checks.assert("refresh says so", refresh.diagnostics.includes("is held by accidental-deletion prevention"));
  const refused = await stack.up().then(
    () => "",
    (error: Error) => error.message,
  );
  checks.assert("up does not start it unasked", refused.includes("safeguards.heldDeletions of the stack) to retry"));
  checks.equal("it is held still", onlySyncJob(run).job.status.code, "Quarantine");

  state.addMembers(group, members);
  await stack.setConfig(asConfig({ safeguards: { heldDeletions: "retry" } }));
  await stack.up();
  await stack.setConfig(asConfig({ safeguards: { heldDeletions: "fail" } }));
  const mended = await world.graph.runCycle();
  checks.equal(
    "the cause mended, up starts it again, and a cycle disables nobody",
    [mended.held, active()],
    [0, before],
  );
  checks.equal("the job runs", onlySyncJob(run).job.status.code, "Active");
  // The setting is back where it was.
  await stack.up();
}
