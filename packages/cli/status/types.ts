import type { ClientSecret, ProvisioningFailure, SynchronizationJob } from "@smallstep-ssh/usersync/clients";

/** The result of a check, or the reason why it failed. `permission`: the missing Graph permission. */
export type Observed<T> = { value: T } | { why: string; permission?: string };

/** The expected state of a deployment, from its configuration and its outputs. */
export interface Expected {
  /** Name of the stack, and of the team if the stack has several: `prod`, `prod/blue`. */
  name: string;
  teamSlug: string;
  directoryId: string;
  provisionerName: string;
  /** End date of the client secret that the stack created, ISO 8601. */
  clientSecretEndDate?: string;
}

/** The observed state of a deployment at one moment. */
export interface Observation {
  /** Time of the observation, ISO 8601. */
  at: string;
  /** `undefined`: the job does not exist. */
  job: Observed<SynchronizationJob | undefined>;
  failures: Observed<{ failures: ProvisioningFailure[]; complete: boolean }>;
  /** Number of active users in the SCIM directory. */
  users: Observed<number>;
  /** Expiry of the SCIM token, ISO 8601. Absent: the token is not a JWT, or could not be read. */
  tokenEnds?: string;
  /** Id of the directory that the team uses. `null`: none. */
  team: Observed<string | null>;
  /** Differences from the expected provisioner. `undefined`: the CA does not publish it. */
  provisioner: Observed<string[] | undefined>;
  /** `undefined`: the application does not exist. */
  secrets: Observed<ClientSecret[] | undefined>;
}

/** The severity of a row. `waiting`: an expected event is pending. `skipped`: a permission is missing. */
export type Level = "ok" | "skipped" | "waiting" | "warning" | "unknown" | "critical";

/** One line of a status: the result of a check. */
export interface Row {
  check: string;
  level: Level;
  text: string;
  /** Further lines, one failure each. */
  details?: string[];
}

/** The evaluated status of a team. */
export interface Status {
  name: string;
  at: string;
  level: Level;
  rows: Row[];
  failures: ProvisioningFailure[];
}

export interface StatusOptions {
  stack: string;
  cwd: string;
  format: "table" | "json";
  warnDays: number;
  list: number;
  watch: boolean;
  /** Time between two polls, in seconds. */
  interval: number;
}

/** A deployed team that can be observed repeatedly. */
export interface Deployed {
  expected: Expected;
  readObservation(): Promise<Observation>;
}

export type Open = (options: Pick<StatusOptions, "stack" | "cwd">) => Promise<Deployed[]>;
