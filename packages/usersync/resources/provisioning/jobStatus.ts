import * as z from "zod/mini";

import type { SynchronizationJob } from "../../clients/graph/synchronization";
import { objectType, property, type Values } from "../../host/properties";

/** Status outputs of Provisioning. */
export const statusShape = {
  status: property("Graph's status code: `NotConfigured`, `NotRun`, `Active`, `Paused` or `Quarantine`.", z.string()),
  scheduleState: property("Graph's schedule state: `Active`, `Disabled` or `Paused`.", z.string()),
  quarantine: property(
    "Quarantine of the job. Absent if the job is not in quarantine.",
    z.optional(
      objectType("usersync:entra:Quarantine", "Quarantine of a job.", {
        code: property("Graph's code, such as `EncounteredQuarantineException`.", z.string()),
        message: property("Graph's message.", z.string()),
        since: property("Start in ISO 8601.", z.string()),
      }),
    ),
  ),
  lastExecution: property(
    "Last run of the job. Absent if it has not run.",
    z.optional(
      objectType("usersync:entra:LastExecution", "One run of a job.", {
        state: property("`Succeeded`, `Failed` or `EntryLevelErrors`.", z.string()),
        startedAt: property("Start in ISO 8601.", z.string()),
        endedAt: property("End in ISO 8601.", z.string()),
        error: property("Code and message of the error; empty without an error.", z.string()),
      }),
    ),
  ),
  counts: property("Number of synchronized objects by type.", z.record(z.string(), z.number())),
};

export type Quarantine = NonNullable<Values<typeof statusShape>["quarantine"]>;

/** Returns the status outputs of Provisioning. */
export function statusOutputs(job: SynchronizationJob): Values<typeof statusShape> {
  const last = job.status?.lastExecution;
  return {
    status: job.status?.code ?? "",
    scheduleState: job.schedule?.state ?? "",
    quarantine: quarantineOf(job),
    lastExecution: last
      ? {
          state: last.state ?? "",
          startedAt: last.timeBegan ?? "",
          endedAt: last.timeEnded ?? "",
          error: joined(last.error?.code, last.error?.message),
        }
      : undefined,
    counts: Object.fromEntries((job.status?.synchronizedEntryCountByType ?? []).map(({ key, value }) => [key, value])),
  };
}

function quarantineOf(job: SynchronizationJob): Quarantine | undefined {
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
