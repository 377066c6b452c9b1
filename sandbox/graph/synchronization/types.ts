import type { Entity, KeyValue } from "../state/types";

/** The parts of a synchronizationSchema that the service itself looks at; everything else is kept as it came. */
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

/** A synchronizationJob as Graph shows it. */
export interface SynchronizationJob extends Entity {
  templateId: string;
  schedule: { expiration: string | null; interval: string; state: "Active" | "Disabled" | "Paused" };
  status: JobStatus;
  synchronizationJobSettings: { name: string; value: string }[];
}

/** What happened to a job, in order; `targets` are the User attributes mapped at that moment. */
export interface JobEvent {
  time: string;
  event: "created" | "schemaReplaced" | "schemaReset" | "started" | "startRefused" | "paused" | "restarted" | "cycle";
  targets: string[];
}

/** What the service remembers about one source object that it has exported. */
export interface ConnectorEntry {
  sourceType: string;
  /** Id of the object in the target system. */
  targetId: string;
  /** Last exported values by target attribute, as JSON text, to leave out redundant exports. */
  exported: Record<string, string>;
  /** Target ids of the members last exported, for groups. */
  members: string[];
  /** The user left the scope: the account was disabled, and stays when the user is deleted. */
  outOfScope: boolean;
  /** The account was disabled, for whatever reason. */
  disabled: boolean;
}

/** A job with everything that Graph does not show. */
export interface JobRecord {
  job: SynchronizationJob;
  servicePrincipalId: string;
  schema: SynchronizationSchema;
  /** Fingerprints of source objects at the last cycle; null: the next cycle is an initial one. */
  watermark: Map<string, string> | null;
  connectors: Map<string, ConnectorEntry>;
  /** Source objects whose last export failed: tried again on each cycle. */
  escrows: Map<string, string>;
  /** Source objects that accidental-deletion prevention held back: looked at again on each cycle. */
  held: Set<string>;
  /** The next cycle deletes and disables as many as it finds (`ForceDeletes`). */
  forceDeletes: boolean;
  history: JobEvent[];
  /** How often `start` is still to be refused (the portal's "saving may fail, wait, try again"). */
  startRefusals: number;
}

export type SyncSecrets = KeyValue[];
