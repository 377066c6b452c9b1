import type { TenantState } from "../state/tenant";
import type { JobRecord } from "../synchronization/job";
import { runJob } from "./runJob";
import type { CycleSummary, JobCycle, ProvisioningAction } from "./types";

/**
 * Runs one provisioning cycle of one job, or of all active jobs in sequence. `jobId` is an id or a path that ends with it.
 * Throws if the given job is missing or not active, because the service would not run it.
 */
export async function runCycle(state: TenantState, trustedCa: string, jobId?: string): Promise<CycleSummary> {
  const jobs: JobCycle[] = [];
  for (const record of chosen(state, jobId)) {
    const cycle = await runJob(state, record, trustedCa);
    state.provisioningLog.push(...cycle.events);
    jobs.push(cycle);
  }
  const events = jobs.flatMap((job) => job.events);
  const count = (...actions: ProvisioningAction[]): number =>
    events.filter((event) => event.status === "success" && actions.includes(event.action)).length;
  return {
    jobs,
    created: count("create"),
    updated: count("update", "enable", "members"),
    disabled: count("disable"),
    deleted: count("delete"),
    held: events.filter((event) => event.code === "TooManyDeletes").length,
    skipped: events.filter((event) => event.status === "skipped").length,
    failed: events.filter((event) => event.status === "failure").length,
  };
}

function chosen(state: TenantState, jobId: string | undefined): JobRecord[] {
  if (jobId === undefined) return [...state.jobs.values()].filter(({ job }) => job.schedule.state === "Active");
  const record = state.jobs.get(jobId.split("/").at(-1) ?? "");
  if (!record) throw new Error(`There is no synchronization job "${jobId}". Use the id of a job of this tenant.`);
  if (record.job.schedule.state !== "Active") {
    throw new Error(
      `The synchronization job "${jobId}" is ${record.job.schedule.state}. Start it before you run a cycle.`,
    );
  }
  return [record];
}
