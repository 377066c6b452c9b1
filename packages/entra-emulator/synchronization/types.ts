import type { Entity, KeyValue } from "../state/types";

/** A synchronizationSchema of Graph. Declares only the properties that the emulator reads; it keeps all others unchanged. */
export interface SynchronizationSchema {
  id: string;
  version: string;
  synchronizationRules: SynchronizationRule[];
  directories: DirectoryDefinition[];
  [property: string]: unknown;
}

export interface SynchronizationRule {
  id: string;
  name: string;
  priority: number;
  sourceDirectoryName: string;
  targetDirectoryName: string;
  objectMappings: ObjectMapping[];
  [property: string]: unknown;
}

export interface ObjectMapping {
  name: string;
  enabled: boolean;
  flowTypes: string;
  sourceObjectName: string;
  targetObjectName: string;
  scope: unknown;
  attributeMappings: AttributeMapping[];
  [property: string]: unknown;
}

export interface AttributeMapping {
  targetAttributeName: string;
  source: MappingSource | null;
  defaultValue: string | null;
  flowBehavior: string;
  flowType: string;
  matchingPriority: number;
  [property: string]: unknown;
}

export interface MappingSource {
  type: "Attribute" | "Constant" | "Function";
  name: string;
  expression: string | null;
  parameters?: { key: string; value: MappingSource }[] | null;
}

export interface DirectoryDefinition {
  id: string;
  name: string;
  version: string;
  objects: ObjectDefinition[];
  [property: string]: unknown;
}

export interface ObjectDefinition {
  name: string;
  attributes: AttributeDefinition[];
  [property: string]: unknown;
}

export interface AttributeDefinition {
  name: string;
  type: string;
  anchor: boolean;
  multivalued: boolean;
  [property: string]: unknown;
}

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
  error: { code: string; message: string; tenantActionable: boolean } | null;
}

export interface JobStatus {
  code: "NotConfigured" | "NotRun" | "Active" | "Paused" | "Quarantine";
  countSuccessiveCompleteFailures: number;
  escrowsPruned: boolean;
  lastExecution: Execution | null;
  lastSuccessfulExecution: Execution | null;
  lastSuccessfulExecutionWithExports: Execution | null;
  quarantine: Quarantine | null;
  steadyStateFirstAchievedTime: string;
  steadyStateLastAchievedTime: string;
  troubleshootingUrl: string | null;
  progress: unknown[];
  synchronizedEntryCountByType: { key: string; value: number }[];
}

/** A synchronizationJob as Graph returns it. */
export interface SynchronizationJob extends Entity {
  templateId: string;
  schedule: { expiration: string | null; interval: string; state: "Active" | "Disabled" | "Paused" };
  status: JobStatus;
  synchronizationJobSettings: { name: string; value: string }[];
}

/** An event in the history of a job. `targets` are the mapped User attributes at that time. */
export interface JobEvent {
  time: string;
  event: "created" | "schemaReplaced" | "schemaReset" | "started" | "startRefused" | "paused" | "restarted" | "cycle";
  targets: string[];
}

/** State of the service for one exported source object. */
export interface ConnectorEntry {
  sourceType: string;
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
  history: JobEvent[];
  /** Number of `start` calls to reject. Simulates the delay before the service accepts saved settings. Default: 0. */
  startRefusals: number;
}

export type SyncSecrets = KeyValue[];
