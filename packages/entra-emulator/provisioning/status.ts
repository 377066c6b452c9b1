import type { Execution, JobRecord, Quarantine } from "../synchronization/types";
import type { Held } from "./accidentalDeletions";
import type { ProvisioningEvent } from "./types";

interface Outcome {
  activityIdentifier: string;
  startedAt: Date;
  events: readonly ProvisioningEvent[];
  /** Number of objects in scope. */
  entitled: number;
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
export function recordOutcome(
  record: JobRecord,
  outcome: Outcome,
): { execution: Execution; quarantine: Quarantine | null } {
  const { status, schedule } = record.job;
  const ended = new Date();
  const execution = describe(record, outcome, ended);
  status.lastExecution = execution;
  status.synchronizedEntryCountByType = entryCounts(record);
  if (outcome.failure !== undefined) {
    status.countSuccessiveCompleteFailures++;
    status.quarantine = quarantined(status.quarantine, credentialFailure(outcome.failure), ended);
    status.code = "Quarantine";
    return { execution, quarantine: status.quarantine };
  }
  status.countSuccessiveCompleteFailures = 0;
  if (outcome.held !== undefined) {
    status.quarantine = quarantined(status.quarantine, tooManyDeletes(outcome.held), ended);
    status.code = "Quarantine";
    return { execution, quarantine: status.quarantine };
  }
  status.quarantine = null;
  if (schedule.state === "Active") status.code = "Active";
  status.lastSuccessfulExecution = execution;
  if (execution.countExported > 0) status.lastSuccessfulExecutionWithExports = execution;
  const now = ended.toISOString();
  if (status.steadyStateFirstAchievedTime.startsWith("0001")) status.steadyStateFirstAchievedTime = now;
  status.steadyStateLastAchievedTime = now;
  return { execution, quarantine: null };
}

function describe(record: JobRecord, outcome: Outcome, ended: Date): Execution {
  const count = (wanted: (event: ProvisioningEvent) => boolean): number => outcome.events.filter(wanted).length;
  const failed = count((event) => event.status === "failure");
  const exported = count((event) => event.status === "success");
  const error =
    outcome.failure === undefined
      ? null
      : {
          code: "SystemForCrossDomainIdentityManagementCredentialValidationUnavailable",
          message: outcome.failure,
          tenantActionable: true,
        };
  return {
    activityIdentifier: outcome.activityIdentifier,
    timeBegan: outcome.startedAt.toISOString(),
    timeEnded: ended.toISOString(),
    state: error ? "Failed" : failed > 0 ? "EntryLevelErrors" : "Succeeded",
    error,
    countEntitled: outcome.entitled,
    countEntitledForProvisioning: outcome.entitled,
    countEscrowed: record.escrows.size,
    countEscrowedRaw: record.escrows.size,
    countExported: exported,
    countExports: exported + failed,
    countImported: outcome.imported,
    countImportedDeltas: record.watermark === null ? 0 : outcome.imported,
    countImportedReferenceDeltas: count((event) => event.action === "members"),
  };
}

function entryCounts(record: JobRecord): { key: string; value: number }[] {
  const mappings = record.schema.synchronizationRules.flatMap((rule) => rule.objectMappings);
  return mappings.map(({ sourceObjectName, targetObjectName }) => ({
    key: `${sourceObjectName} to ${targetObjectName}`,
    value: [...record.connectors.values()].filter((one) => one.sourceType === sourceObjectName).length,
  }));
}

type Cause = Pick<Quarantine, "reason" | "error">;

function credentialFailure(message: string): Cause {
  const code = "SystemForCrossDomainIdentityManagementCredentialValidationUnavailable";
  return { reason: "EncounteredQuarantineException", error: { code, message, tenantActionable: true } };
}

function tooManyDeletes({ ids, threshold }: Held): Cause {
  const message = `${ids.size} objects would be deleted or disabled, more than the threshold of ${threshold}.`;
  return { reason: "TooManyDeletes", error: { code: "TooManyDeletes", message, tenantActionable: true } };
}

function quarantined(previous: Quarantine | null, cause: Cause, now: Date): Quarantine {
  const seriesCount = (previous?.seriesCount ?? 0) + 1;
  const hours = retryHours[Math.min(seriesCount, retryHours.length) - 1] ?? 24;
  return {
    currentBegan: previous?.currentBegan ?? now.toISOString(),
    nextAttempt: new Date(now.getTime() + hours * hourMs).toISOString(),
    seriesBegan: previous?.seriesBegan ?? now.toISOString(),
    seriesCount,
    ...cause,
  };
}
