import type { ClientSecret, ProvisioningFailure, SynchronizationJob } from "@smallstep-ssh/usersync/clients";
import type { StackOptions } from "../common/command";
import type { RegistrationJob } from "./registrationJob";

/** The result of a check, or the reason why it failed. `permission`: the missing permission. */
export type Observed<T> = { value: T } | { why: string; permission?: string | undefined };

/** The expected state of a deployment, from its configuration and its outputs. */
export interface Expected {
  /** Name of the stack, and of the team if the stack has several: `prod`, `prod/blue`. */
  name: string;
  teamSlug: string;
  directoryId: string;
  provisionerName: string;
  /** Name of the registration Job. */
  registrationJob: string;
  /** End date of the client secret that the stack created, ISO 8601. */
  clientSecretEndDate: string | undefined;
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
  /** Expiry of the SCIM token, ISO 8601. Undefined: the token is not a JWT, or could not be read. */
  tokenEnds?: string | undefined;
  /** The registration Job. `undefined`: it does not exist. `null`: there is no kubectl or no kubeconfig to read it. */
  registration: Observed<RegistrationJob | null | undefined>;
  /** Id of the directory that the team uses. `null`: none. */
  team: Observed<string | null>;
  /** Differences from the expected provisioner. `undefined`: the CA does not publish it. */
  provisioner: Observed<string[] | undefined>;
  /** `undefined`: the application does not exist. */
  secrets: Observed<ClientSecret[] | undefined>;
}

/**
 * The severities of a row, in ascending order. `waiting`: an expected event is pending. `skipped`: a permission is missing.
 * The exit codes are those of monitoring plugins: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.
 */
export const levels = {
  ok: { label: "ok", verdict: "healthy", colour: "green", exitCode: 0 },
  skipped: { label: "-", verdict: "healthy", colour: "dim", exitCode: 0 },
  waiting: { label: "waiting", verdict: "not ready yet", colour: "cyan", exitCode: 1 },
  warning: { label: "warning", verdict: "needs attention", colour: "yellow", exitCode: 1 },
  unknown: { label: "unknown", verdict: "partly unknown", colour: "yellow", exitCode: 3 },
  critical: { label: "critical", verdict: "broken", colour: "red", exitCode: 2 },
} as const;
export type Level = keyof typeof levels;

/** The result of a check. */
export interface Verdict {
  level: Level;
  text: string;
  /** Further lines, one failure each. */
  details?: string[];
}

/** One line of a status. */
export interface Row extends Verdict {
  check: string;
}

/** The evaluated status of a team. */
export interface Status {
  name: string;
  at: string;
  level: Level;
  rows: Row[];
  failures: ProvisioningFailure[];
}

export interface StatusOptions extends StackOptions {
  format: "table" | "json";
  /** Number of days before a secret expires from which the command warns. */
  warnDays: number;
  /** Maximum number of failures listed. */
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

export type Open = (options: StackOptions) => Promise<Deployed[]>;
