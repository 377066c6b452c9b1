import type { Execution, Quarantine } from "../synchronization/types";

export type ProvisioningAction =
  | "create"
  | "update"
  | "disable"
  | "enable"
  | "delete"
  | "members"
  | "skip"
  /** Not done because of accidental-deletion prevention. */
  | "stagedAction"
  | "stagedDelete";

/** One line of the provisioning log. */
export interface ProvisioningEvent {
  time: string;
  jobId: string;
  action: ProvisioningAction;
  status: "success" | "failure" | "skipped";
  sourceType: "User" | "Group";
  sourceId: string;
  /** UPN or group name. */
  sourceName: string;
  targetId: string | null;
  /** The service's code, for failures and skips, e.g. RedundantExport. */
  code: string | null;
  reason: string | null;
  modified: { name: string; oldValue: string | null; newValue: string | null }[];
}

/** What one cycle of one job did. */
export interface JobCycle {
  jobId: string;
  kind: "initial" | "incremental";
  execution: Execution;
  quarantine: Quarantine | null;
  events: ProvisioningEvent[];
}

/** What one cycle of the chosen jobs did, added up. */
export interface CycleSummary {
  jobs: JobCycle[];
  created: number;
  updated: number;
  disabled: number;
  deleted: number;
  skipped: number;
  /** Deletions and disables that accidental-deletion prevention held back. */
  held: number;
  failed: number;
}
