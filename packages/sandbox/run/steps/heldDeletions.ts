import type { Run } from "../run";
import { asConfig } from "../settings";
import { onlySyncJob } from "./queries";

/** Checks that Entra holds the job after a group was emptied, and that the stack restarts it only if the settings allow it. */
export async function heldDeletions(run: Run): Promise<void> {
  const { graph, smallstep, stack, checks } = run;
  const { state } = graph;
  const { scim, directory } = smallstep;
  const group = state.groupByName("ssh").id;
  const members = state.members.targets(group).map((id) => state.users.get(id)?.userPrincipalName ?? "");
  const active = () => scim.users(directory.id).filter(({ active }) => active !== false).length;
  const before = active();

  state.removeMembers(group, members);
  const summary = await graph.runCycle();
  checks.assert("Entra holds a cycle that would disable almost all users", summary.held > 40, `${summary.held} held`);
  checks.equal("the held cycle disables no user", active(), before);
  const refresh = await stack.refresh();
  checks.assert(
    "refresh reports the held job",
    refresh.diagnostics.includes("is held by accidental-deletion prevention"),
  );
  const refused = await stack.up().then(
    () => "",
    (error: Error) => error.message,
  );
  checks.assert(
    "up does not restart the held job by default",
    refused.includes("safeguards.heldDeletions of the stack) to retry"),
  );
  checks.equal("the held job stays in quarantine", onlySyncJob(run).job.status.code, "Quarantine");

  state.addMembers(group, members);
  await stack.setConfig(asConfig({ safeguards: { heldDeletions: "retry" } }));
  await stack.up();
  await stack.setConfig(asConfig({ safeguards: { heldDeletions: "fail" } }));
  const resumed = await graph.runCycle();
  checks.equal(
    "after the cause is fixed, up restarts the job and a cycle disables no user",
    [resumed.held, active()],
    [0, before],
  );
  checks.equal("the synchronization job is active", onlySyncJob(run).job.status.code, "Active");
  // Deploy the default setting again.
  await stack.up();
}
