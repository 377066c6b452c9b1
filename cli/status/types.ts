import type { ClientSecret, ProvisioningFailure, SynchronizationJob } from "../../provider/graph";

/** What was found, or why it could not be looked at. */
export type Observed<T> = { value: T } | { why: string; permission?: string };

/** What a deployment is meant to be, out of its configuration and its outputs. */
export interface Expected {
  /** The stack, and the team where it has several: `prod`, `prod/blue`. */
  name: string;
  teamSlug: string;
  directoryId: string;
  provisionerName: string;
  /** End of the client secret that the stack made, ISO 8601. */
  clientSecretEndDate?: string;
}

/** What is seen of a deployment at one moment. */
export interface Observation {
  /** ISO 8601. */
  at: string;
  /** `undefined`: the job is gone. */
  job: Observed<SynchronizationJob | undefined>;
  failures: Observed<{ failures: ProvisioningFailure[]; complete: boolean }>;
  /** Users that the SCIM directory holds. */
  users: Observed<number>;
  /** When the SCIM token ends, where the token itself says so (a JWT). */
  tokenEnds?: string;
  /** The directory that the team uses. */
  team: Observed<string | null>;
  /** What differs from the wanted provisioner; `undefined`: the CA does not publish it. */
  provisioner: Observed<string[] | undefined>;
  /** `undefined`: the application is gone. */
  secrets: Observed<ClientSecret[] | undefined>;
}

/** `waiting`: nothing is wrong, it only has not happened yet. `skipped`: it may not be looked at. */
export type Level = "ok" | "skipped" | "waiting" | "warning" | "unknown" | "critical";

export interface Row {
  what: string;
  level: Level;
  text: string;
  /** Further lines: a failure each. */
  details?: string[];
}

export interface Status {
  name: string;
  at: string;
  level: Level;
  rows: Row[];
  failures: ProvisioningFailure[];
}
