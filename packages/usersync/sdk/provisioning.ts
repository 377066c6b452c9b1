import * as pulumi from "@pulumi/pulumi";

import { version } from "../version";

/**
 * Credentials of the SCIM endpoint. They are tested like the portal's "Test connection" and never saved by this
 * resource.
 */
export interface ScimCredentials {
  /** Tenant URL: `https://host/DIRECTORY/v2`. */
  baseAddress: pulumi.Input<string>;
  /** Bearer token of the SCIM endpoint. Always secret. */
  secretToken: pulumi.Input<string>;
}

/** Inputs of {@link Provisioning}. */
export interface ProvisioningArgs {
  /**
   * Id of the job, as azuread returns it: `/servicePrincipals/{object id}/synchronization/jobs/{job id}`. A change
   * replaces the resource.
   */
  jobId: pulumi.Input<string>;
  /** Whether the job runs: true starts it, false pauses it. Default: true. */
  enabled?: pulumi.Input<boolean> | undefined;
  /** Credentials to test before the job starts and after each change. Default: not tested. */
  credentials?: pulumi.Input<ScimCredentials> | undefined;
  /** Values whose change restarts the synchronization, such as `schemaVersion` of the mappings. Default: none. */
  restartTriggers?: pulumi.Input<Record<string, pulumi.Input<string>>> | undefined;
  /**
   * State that a restart resets, comma-separated: `Escrows`, `Watermark`, `QuarantineState`, `Full`, `ForceDeletes`.
   * Default: the same as the portal's button.
   */
  resetScope?: pulumi.Input<string> | undefined;
  /**
   * Object ids of the groups assigned to the application. Before a change, users who would be in no group are counted.
   * Default: not checked.
   */
  groups?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Limit for lockouts: percentage of the provisioned users that a change of `groups` may leave in no group, 0 to 100.
   * A larger change is rejected, in a preview too. Default: 100 (no limit).
   */
  maxLockedOutPercent?: pulumi.Input<number> | undefined;
  /**
   * Reaction to a job that accidental-deletion prevention holds: `fail` fails, `retry` starts it again, and `allow`
   * lets it continue with the deletions. Default: `keep`.
   */
  heldDeletions?: pulumi.Input<"fail" | "retry" | "allow"> | undefined;
}

/** Quarantine of a job. */
export interface Quarantine {
  /** Graph's code, such as `EncounteredQuarantineException`. */
  code: string;
  message: string;
  /** Start in ISO 8601. */
  since: string;
}

/** Last run of a job. Times are ISO 8601; `error` is empty without an error. */
export interface LastExecution {
  /** `Succeeded`, `Failed` or `EntryLevelErrors`. */
  state: string;
  startedAt: string;
  endedAt: string;
  error: string;
}

/**
 * Run state of a synchronization job. A paused or quarantined job shows as drift of `enabled`. A job that
 * accidental-deletion prevention holds starts only if `heldDeletions` allows it. Deleting the resource pauses the job.
 * Import by `jobId`. After an import, a new `restartTriggers` restarts the job only if it differs from the schema
 * version at the import.
 * Source: Microsoft Graph `synchronizationJob`; needs Synchronization.ReadWrite.All.
 */
export class Provisioning extends pulumi.CustomResource {
  declare readonly jobId: pulumi.Output<string>;
  declare readonly enabled: pulumi.Output<boolean>;
  declare readonly restartTriggers: pulumi.Output<Record<string, string> | undefined>;
  declare readonly resetScope: pulumi.Output<string | undefined>;
  /** Graph's status code: `NotConfigured`, `NotRun`, `Active`, `Paused` or `Quarantine`. */
  declare readonly status: pulumi.Output<string>;
  /** Graph's schedule state: `Active`, `Disabled` or `Paused`. */
  declare readonly scheduleState: pulumi.Output<string>;
  declare readonly quarantine: pulumi.Output<Quarantine | undefined>;
  declare readonly lastExecution: pulumi.Output<LastExecution | undefined>;
  /** Number of synchronized objects by type. */
  declare readonly counts: pulumi.Output<Record<string, number>>;

  constructor(name: string, args: ProvisioningArgs, options?: pulumi.CustomResourceOptions) {
    const outputs = {
      status: undefined,
      scheduleState: undefined,
      quarantine: undefined,
      lastExecution: undefined,
      counts: undefined,
    };
    const { credentials, ...plain } = args;
    const secret = credentials === undefined ? {} : { credentials: withSecretToken(credentials) };
    super(
      "usersync:entra:Provisioning",
      name,
      {
        restartTriggers: undefined,
        resetScope: undefined,
        groups: undefined,
        heldDeletions: undefined,
        ...plain,
        ...secret,
        ...outputs,
      },
      pulumi.mergeOptions({ version }, options),
    );
  }
}

/**
 * Marks only the token as secret, so that previews show the address. An Output cannot be split, so it becomes secret as
 * a whole.
 */
export function withSecretToken(credentials: pulumi.Input<ScimCredentials>): pulumi.Input<unknown> {
  if (pulumi.Output.isInstance(credentials) || credentials instanceof Promise) return pulumi.secret(credentials);
  return { baseAddress: credentials.baseAddress, secretToken: pulumi.secret(credentials.secretToken) };
}
