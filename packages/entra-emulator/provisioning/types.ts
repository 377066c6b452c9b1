import type { Execution, Quarantine } from "../synchronization/job";

export type ProvisioningAction =
  | "create"
  | "update"
  | "disable"
  | "enable"
  | "delete"
  | "members"
  | "skip"
  /** Held back by accidental-deletion prevention. */
  | "stagedAction"
  | "stagedDelete";

/** An event of the provisioning log. */
export interface ProvisioningEvent {
  /** ISO 8601 in UTC. */
  time: string;
  jobId: string;
  action: ProvisioningAction;
  status: "success" | "failure" | "skipped";
  sourceType: "User" | "Group";
  sourceId: string;
  /** UPN or group name. */
  sourceName: string;
  targetId: string | null;
  /** Code of the service for failures and skips, e.g. RedundantExport. */
  code: string | null;
  reason: string | null;
  modified: { name: string; oldValue: string | null; newValue: string | null }[];
}

/** Result of one cycle of one job. */
export interface JobCycle {
  jobId: string;
  kind: "initial" | "incremental";
  execution: Execution;
  quarantine: Quarantine | null;
  events: ProvisioningEvent[];
}

/** Result of one cycle of the selected jobs. The numbers count log events of all jobs. */
export interface CycleSummary {
  jobs: JobCycle[];
  created: number;
  updated: number;
  disabled: number;
  deleted: number;
  skipped: number;
  /** Number of deletions and disables that accidental-deletion prevention held back. */
  held: number;
  failed: number;
}
