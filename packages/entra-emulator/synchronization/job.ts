import { randomUUID } from "node:crypto";

import { GraphError } from "../http/reply";
import type { KeyValue } from "../state/types";
import type { SynchronizationSchema } from "./schema";
import { scimTemplateSchema } from "./scimTemplate";

/** Result of one cycle in the status of a job. */
export interface Execution {
  activityIdentifier: string;
  timeBegan: string;
  timeEnded: string;
  state: "Succeeded" | "Failed" | "EntryLevelErrors";
  error: { code: string; message: string; tenantActionable: boolean } | null;
  countEntitled: number;
  countEntitledForProvisioning: number;
  countEscrowed: number;
  countEscrowedRaw: number;
  countExported: number;
  countExports: number;
  countImported: number;
  countImportedDeltas: number;
  countImportedReferenceDeltas: number;
}

export interface Quarantine {
  currentBegan: string;
  nextAttempt: string;
  reason: string;
  seriesBegan: string;
  seriesCount: number;
  error: Execution["error"];
}

/** A synchronizationJob as Graph returns it. */
export type SynchronizationJob = ReturnType<typeof newJob>;

/** State of the service for one exported source object. */
export interface ConnectorEntry {
  sourceType: "User" | "Group";
  /** Id of the object in the target system. */
  targetId: string;
  /** Last exported references by target attribute, to avoid redundant exports. */
  exported: Record<string, string>;
  /** Target ids of the last exported members, for groups. */
  members: string[];
  /** The user left the scope. The account is disabled, and the deletion of the user does not delete it. */
  outOfScope: boolean;
  /** The account is disabled for any reason. */
  disabled: boolean;
}

type JobEventName =
  "created" | "schemaReplaced" | "schemaReset" | "started" | "startRefused" | "paused" | "restarted" | "cycle";

/** A job with the state that Graph does not return. */
export interface JobRecord {
  job: SynchronizationJob;
  servicePrincipalId: string;
  schema: SynchronizationSchema;
  /** Fingerprints of source objects at the last cycle. Null: the next cycle is initial. */
  watermark: Map<string, string> | null;
  /** Exported objects by source id. */
  connectors: Map<string, ConnectorEntry>;
  /** Error messages of failed exports by source id. Every cycle retries them. */
  escrows: Map<string, string>;
  /** Ids of source objects that accidental-deletion prevention held back. Every cycle checks them again. */
  held: Set<string>;
  /** The next cycle ignores the deletion threshold (`ForceDeletes`). */
  forceDeletes: boolean;
  /** Events of the job, oldest first. `targets` are the mapped User attributes at that time. */
  history: { time: string; event: JobEventName; targets: string[] }[];
}

/** Creates a job that is disabled and not configured, with the schema of the template. */
export function newJobRecord(templateId: string, tenantId: string, servicePrincipalId: string): JobRecord {
  const job = newJob(`${templateId}.${tenantId.replaceAll("-", "")}.${randomUUID()}`, templateId);
  const record: JobRecord = {
    job,
    servicePrincipalId,
    schema: scimTemplateSchema(job.id),
    watermark: null,
    connectors: new Map(),
    escrows: new Map(),
    held: new Set(),
    forceDeletes: false,
    history: [],
  };
  recordEvent(record, "created");
  return record;
}

function newJob(id: string, templateId: string) {
  // The service returns this time for "never".
  const never = "0001-01-01T00:00:00Z";
  return {
    id,
    templateId,
    schedule: {
      expiration: null as string | null,
      interval: "P10675199DT2H48M5.4775807S",
      state: "Disabled" as "Active" | "Disabled" | "Paused",
    },
    status: {
      countSuccessiveCompleteFailures: 0,
      escrowsPruned: false,
      code: "NotConfigured" as "NotConfigured" | "NotRun" | "Active" | "Paused" | "Quarantine",
      lastExecution: null as Execution | null,
      lastSuccessfulExecution: null as Execution | null,
      lastSuccessfulExecutionWithExports: null as Execution | null,
      quarantine: null as Quarantine | null,
      steadyStateFirstAchievedTime: never,
      steadyStateLastAchievedTime: never,
      troubleshootingUrl: null as string | null,
      progress: [] as unknown[],
      synchronizedEntryCountByType: [] as { key: string; value: number }[],
    },
    synchronizationJobSettings: [
      { name: "AzureIngestionAttributeOptimization", value: "False" },
      { name: "LookaheadQueryEnabled", value: "False" },
      { name: "DoNotSubmitExportsInBatchMode", value: "True" },
    ],
  };
}

/** Adds an event to the history of a job. */
export function recordEvent(record: JobRecord, event: JobEventName): void {
  const mappings = record.schema.synchronizationRules.flatMap((rule) => rule.objectMappings);
  const users = mappings.find((mapping) => mapping.sourceObjectName === "User");
  const targets = users?.attributeMappings.map((one) => one.targetAttributeName) ?? [];
  record.history.push({ time: new Date().toISOString(), event, targets });
}

/** Starts a job. Throws a 400 while no credentials are saved. */
export function startJob(record: JobRecord, secrets: readonly KeyValue[]): void {
  const keys = secrets.map(({ key }) => key);
  if (!keys.includes("BaseAddress") || !keys.includes("SecretToken")) {
    recordEvent(record, "startRefused");
    throw new GraphError(
      400,
      "CredentialsMissing",
      "The synchronization job cannot be started: credentials (BaseAddress, SecretToken) have not been saved.",
    );
  }
  activate(record);
  record.job.status.code = record.job.status.lastExecution ? "Active" : "NotRun";
  endQuarantine(record);
  recordEvent(record, "started");
}

/** Pauses a job and keeps its state. */
export function pauseJob(record: JobRecord): void {
  record.job.schedule = { ...record.job.schedule, state: "Paused" };
  record.job.status.code = "Paused";
  recordEvent(record, "paused");
}

const resetScopes = ["None", "ConnectorDataStore", "Escrows", "Watermark", "QuarantineState", "Full", "ForceDeletes"];

/**
 * Resets parts of the state of a job, so that the next cycle repeats the work. Ends a pause.
 * Throws a 400 for an unknown scope.
 */
export function restartJob(record: JobRecord, scopes: readonly string[]): void {
  const unknown = scopes.find((scope) => !resetScopes.includes(scope));
  if (unknown !== undefined) {
    throw new GraphError(400, "InvalidRequest", `resetScope '${unknown}' is not one of ${resetScopes.join(", ")}.`);
  }
  const resets = (scope: string): boolean => scopes.includes("Full") || scopes.includes(scope);
  if (resets("Watermark")) {
    record.watermark = null;
    for (const entry of record.connectors.values()) entry.exported = {};
  }
  if (resets("ConnectorDataStore")) record.connectors.clear();
  if (resets("Escrows")) record.escrows.clear();
  if (resets("QuarantineState")) endQuarantine(record);
  if (scopes.includes("ForceDeletes")) record.forceDeletes = true;
  if (record.job.schedule.state !== "Disabled") {
    activate(record);
    if (!record.job.status.quarantine) record.job.status.code = "Active";
  }
  recordEvent(record, "restarted");
}

function activate(record: JobRecord): void {
  record.job.schedule = { ...record.job.schedule, interval: "PT40M", state: "Active" };
}

function endQuarantine({ job }: JobRecord): void {
  job.status.quarantine = null;
  job.status.countSuccessiveCompleteFailures = 0;
}
