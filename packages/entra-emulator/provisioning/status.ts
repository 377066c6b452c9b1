import { randomUUID } from "node:crypto";

import type { Execution, JobRecord, Quarantine } from "../synchronization/job";
import type { Cycle } from "./context";
import type { Held } from "./heldDeletions";
import type { JobCycle } from "./types";

interface Outcome {
  startedAt: Date;
  /** Number of source objects that the cycle processed. */
  imported: number;
  /** Reason why the endpoint was not usable; undefined if it was. */
  failure: string | undefined;
  /** Objects that accidental-deletion prevention held back. */
  held: Held | undefined;
}

const hourMs = 3600 * 1000;
/** Hours between the attempts of a job in quarantine. The last value repeats. */
const retryHours = [6, 12, 24];

/** Writes the result of a cycle to the status of the job. */
export function recordOutcome(cycle: Cycle, outcome: Outcome): Pick<JobCycle, "execution" | "quarantine"> {
  const { status, schedule } = cycle.record.job;
  const ended = new Date();
  const cause = causeOf(outcome);
  const execution = executionOf(cycle, outcome, ended);
  status.lastExecution = execution;
  status.synchronizedEntryCountByType = entryCounts(cycle.record);
  const failures = status.countSuccessiveCompleteFailures + 1;
  status.countSuccessiveCompleteFailures = outcome.failure === undefined ? 0 : failures;
  status.quarantine = cause ? quarantineOf(status.quarantine, cause, ended) : null;
  if (cause) status.code = "Quarantine";
  else {
    if (schedule.state === "Active") status.code = "Active";
    status.lastSuccessfulExecution = execution;
    if (execution.countExported > 0) status.lastSuccessfulExecutionWithExports = execution;
    const now = ended.toISOString();
    if (status.steadyStateFirstAchievedTime.startsWith("0001")) status.steadyStateFirstAchievedTime = now;
    status.steadyStateLastAchievedTime = now;
  }
  return { execution, quarantine: status.quarantine };
}

function executionOf({ record, scope, events }: Cycle, outcome: Outcome, ended: Date): Execution {
  const { startedAt, failure, imported } = outcome;
  const count = (property: "status" | "action", value: string): number =>
    events.filter((event) => event[property] === value).length;
  const failed = count("status", "failure");
  const exported = count("status", "success");
  const entitled = scope.users.size + scope.groups.size;
  return {
    activityIdentifier: randomUUID(),
    timeBegan: startedAt.toISOString(),
    timeEnded: ended.toISOString(),
    state: failure !== undefined ? "Failed" : failed > 0 ? "EntryLevelErrors" : "Succeeded",
    error: failure === undefined ? null : credentialError(failure),
    countEntitled: entitled,
    countEntitledForProvisioning: entitled,
    countEscrowed: record.escrows.size,
    countEscrowedRaw: record.escrows.size,
    countExported: exported,
    countExports: exported + failed,
    countImported: imported,
    countImportedDeltas: record.watermark === null ? 0 : imported,
    countImportedReferenceDeltas: count("action", "members"),
  };
}

function entryCounts({ schema, connectors }: JobRecord): { key: string; value: number }[] {
  const mappings = schema.synchronizationRules.flatMap((rule) => rule.objectMappings);
  return mappings.map(({ sourceObjectName, targetObjectName }) => ({
    key: `${sourceObjectName} to ${targetObjectName}`,
    value: [...connectors.values()].filter((one) => one.sourceType === sourceObjectName).length,
  }));
}

type Cause = Pick<Quarantine, "reason" | "error">;

function causeOf({ failure, held }: Outcome): Cause | undefined {
  if (failure !== undefined) return { reason: "EncounteredQuarantineException", error: credentialError(failure) };
  if (!held) return undefined;
  const message = `${held.ids.size} objects would be deleted or disabled, more than the threshold of ${held.threshold}.`;
  return { reason: "TooManyDeletes", error: { code: "TooManyDeletes", message, tenantActionable: true } };
}

function credentialError(message: string): Execution["error"] {
  const code = "SystemForCrossDomainIdentityManagementCredentialValidationUnavailable";
  return { code, message, tenantActionable: true };
}

function quarantineOf(previous: Quarantine | null, cause: Cause, now: Date): Quarantine {
  const seriesCount = (previous?.seriesCount ?? 0) + 1;
  const hours = retryHours[seriesCount - 1] ?? 24;
  return {
    currentBegan: previous?.currentBegan ?? now.toISOString(),
    nextAttempt: new Date(now.getTime() + hours * hourMs).toISOString(),
    seriesBegan: previous?.seriesBegan ?? now.toISOString(),
    seriesCount,
    ...cause,
  };
}
