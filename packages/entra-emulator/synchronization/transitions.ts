import { GraphError } from "../http/reply";
import type { Directory } from "../state/directory";
import { recordTransition } from "./newJob";
import type { JobRecord } from "./types";

const resetScopes = ["None", "ConnectorDataStore", "Escrows", "Watermark", "QuarantineState", "Full", "ForceDeletes"];

/** Starts a job. Throws a 400 while no credentials are saved, and for the first `startRefusals` calls. */
export function startJob(record: JobRecord, directory: Directory): void {
  const keys = (directory.syncSecrets.get(record.servicePrincipalId) ?? []).map((one) => one.key);
  if (!keys.includes("BaseAddress") || !keys.includes("SecretToken")) {
    recordTransition(record, "startRefused");
    throw new GraphError(
      400,
      "CredentialsMissing",
      "The synchronization job cannot be started: credentials (BaseAddress, SecretToken) have not been saved.",
    );
  }
  if (record.startRefusals > 0) {
    record.startRefusals--;
    recordTransition(record, "startRefused");
    throw new GraphError(
      400,
      "InvalidOperation",
      "The synchronization job cannot be started at this time: its configuration is still being saved. Try again later.",
    );
  }
  record.job.schedule = { ...record.job.schedule, interval: "PT40M", state: "Active" };
  record.job.status.code = record.job.status.lastExecution ? "Active" : "NotRun";
  record.job.status.quarantine = null;
  record.job.status.countSuccessiveCompleteFailures = 0;
  recordTransition(record, "started");
}

/** Pauses a job and keeps its state. */
export function pauseJob(record: JobRecord): void {
  record.job.schedule = { ...record.job.schedule, state: "Paused" };
  record.job.status.code = "Paused";
  recordTransition(record, "paused");
}

/**
 * Resets parts of the state of a job, so that the next cycle repeats the work. Ends a pause.
 * Throws a 400 for an unknown scope.
 */
export function restartJob(record: JobRecord, scopes: readonly string[]): void {
  for (const scope of scopes) {
    if (!resetScopes.includes(scope)) {
      throw new GraphError(400, "InvalidRequest", `resetScope '${scope}' is not one of ${resetScopes.join(", ")}.`);
    }
  }
  const full = scopes.includes("Full");
  if (full || scopes.includes("Watermark")) {
    record.watermark = null;
    for (const entry of record.connectors.values()) entry.exported = {};
  }
  if (full || scopes.includes("ConnectorDataStore")) record.connectors.clear();
  if (full || scopes.includes("Escrows")) record.escrows.clear();
  if (scopes.includes("ForceDeletes")) record.forceDeletes = true;
  if (full || scopes.includes("QuarantineState")) {
    record.job.status.quarantine = null;
    record.job.status.countSuccessiveCompleteFailures = 0;
  }
  if (record.job.schedule.state !== "Disabled") {
    record.job.schedule = { ...record.job.schedule, interval: "PT40M", state: "Active" };
    if (!record.job.status.quarantine) record.job.status.code = "Active";
  }
  recordTransition(record, "restarted");
}
