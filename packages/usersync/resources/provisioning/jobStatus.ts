import type { SynchronizationJob } from "../../clients/graph/synchronization";
import type { PropertyMap } from "../../host/types";

/** Returns the status outputs of Provisioning. */
export function statusOutputs(job: SynchronizationJob): PropertyMap {
  const quarantine = quarantineOf(job);
  const last = job.status?.lastExecution;
  return {
    status: job.status?.code ?? "",
    scheduleState: job.schedule?.state ?? "",
    ...(quarantine === undefined ? {} : { quarantine }),
    ...(last == null
      ? {}
      : {
          lastExecution: {
            state: last.state ?? "",
            startedAt: last.timeBegan ?? "",
            endedAt: last.timeEnded ?? "",
            error: joined(last.error?.code, last.error?.message),
          },
        }),
    counts: Object.fromEntries((job.status?.synchronizedEntryCountByType ?? []).map(({ key, value }) => [key, value])),
  };
}

function quarantineOf(job: SynchronizationJob): { code: string; message: string; since: string } | undefined {
  const quarantine = job.status?.quarantine;
  if (quarantine == null) return undefined;
  return {
    code: quarantine.error?.code ?? quarantine.reason ?? "",
    message: quarantine.error?.message ?? "",
    since: quarantine.currentBegan ?? "",
  };
}

function joined(...parts: (string | null | undefined)[]): string {
  return parts.filter((part) => part != null && part !== "").join(": ");
}

/** Names of the outputs of {@link statusOutputs}. */
export const statusNames = ["status", "scheduleState", "quarantine", "lastExecution", "counts"] as const;

/** Returns whether the job is scheduled and neither paused nor in quarantine. */
export function isRunning(job: SynchronizationJob): boolean {
  return job.schedule?.state === "Active" && job.status?.code !== "Quarantine" && job.status?.code !== "Paused";
}

/**
 * Returns whether accidental-deletion prevention holds the job: a cycle would delete or disable more objects than the
 * threshold.
 */
export function isHeld(job: SynchronizationJob): boolean {
  return job.status?.code === "Quarantine" && job.status.quarantine?.reason === "TooManyDeletes";
}

/** Returns why a job does not run, as a verb phrase. */
export function stoppedReason(job: SynchronizationJob): string {
  if (isHeld(job)) {
    const { message, since } = quarantineOf(job) ?? { message: "", since: "" };
    return (
      `is held by accidental-deletion prevention${since === "" ? "" : ` since ${since}`}` +
      (message === "" ? "" : ` (${message.replace(/\.$/, "")})`)
    );
  }
  if (job.status?.code === "Quarantine") {
    const { code, message, since } = quarantineOf(job) ?? { code: "", message: "", since: "" };
    const reason = joined(code, message);
    return `is in quarantine${since === "" ? "" : ` since ${since}`}${reason === "" ? "" : ` (${reason})`}`;
  }
  return job.schedule?.state === "Paused" || job.status?.code === "Paused" ? "is paused" : "is not scheduled";
}
