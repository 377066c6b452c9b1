import * as pulumi from "@pulumi/pulumi";

import { version } from "../version";

/** How Entra reaches the SCIM endpoint: checked by the portal's "Test connection", never saved by this resource. */
export interface ScimCredentials {
  /** The tenant URL: `https://host/DIRECTORY/v2`. */
  baseAddress: pulumi.Input<string>;
  /** Always kept as a secret. */
  secretToken: pulumi.Input<string>;
}

export interface ProvisioningArgs {
  /** The job: `/servicePrincipals/{object id}/synchronization/jobs/{job id}`, the id of azuread's job. Replaces. */
  jobId: pulumi.Input<string>;
  /** Whether the job runs. Default true. */
  enabled?: pulumi.Input<boolean> | undefined;
  /** When given, they are tested before the job is started, and whenever they change. */
  credentials?: pulumi.Input<ScimCredentials> | undefined;
  /** Any change of these values restarts the synchronization: give the mappings' `schemaVersion`. */
  restartTriggers?: pulumi.Input<Record<string, pulumi.Input<string>>> | undefined;
  /** What a restart forgets: `Watermark, Escrows, QuarantineState, Full`. Default: as the portal's button. */
  resetScope?: pulumi.Input<string> | undefined;
  /** Object ids of the groups assigned to the application: who would be in none any more is found before a change. Default: not checked. */
  groups?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Per cent of the people provisioned whom a change of `groups` may leave in none of them, 0 to 100; more is refused, at preview
   * too. Default 100: no limit.
   */
  maxLockedOutPercent?: pulumi.Input<number> | undefined;
  /**
   * What to do with a job that accidental-deletion prevention holds: refuse (`fail`, the default), start it again (`retry`), or let it
   * go on with the deletions (`allow`).
   */
  heldDeletions?: pulumi.Input<"fail" | "retry" | "allow"> | undefined;
}

export interface Quarantine {
  /** `EncounteredQuarantineException`, ... */
  code: string;
  message: string;
  /** ISO 8601. */
  since: string;
}

export interface LastExecution {
  /** `Succeeded`, `Failed` or `EntryLevelErrors`. */
  state: string;
  startedAt: string;
  endedAt: string;
  error: string;
}

/**
 * Whether a synchronization job runs. A job that somebody paused, or that is in quarantine, shows as drift of `enabled`; one that
 * accidental-deletion prevention holds is not started unless `heldDeletions` says so.
 * Deleting pauses it. The id is `jobId`, with which it can be imported; a `restartTriggers` that the next `up` adds restarts the job only
 * if it differs from the schema's version at the import.
 */
export class Provisioning extends pulumi.CustomResource {
  declare readonly jobId: pulumi.Output<string>;
  declare readonly enabled: pulumi.Output<boolean>;
  declare readonly restartTriggers: pulumi.Output<Record<string, string> | undefined>;
  declare readonly resetScope: pulumi.Output<string | undefined>;
  /** `NotConfigured`, `NotRun`, `Active`, `Paused` or `Quarantine`. */
  declare readonly status: pulumi.Output<string>;
  /** `Active`, `Disabled` or `Paused`. */
  declare readonly scheduleState: pulumi.Output<string>;
  declare readonly quarantine: pulumi.Output<Quarantine | undefined>;
  declare readonly lastExecution: pulumi.Output<LastExecution | undefined>;
  /** Synchronized objects by type. */
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

/** Only the token, so that the address stays readable in previews; of an Output that cannot be told apart. */
export function withSecretToken(credentials: pulumi.Input<ScimCredentials>): pulumi.Input<unknown> {
  if (pulumi.Output.isInstance(credentials) || credentials instanceof Promise) return pulumi.secret(credentials);
  return { baseAddress: credentials.baseAddress, secretToken: pulumi.secret(credentials.secretToken) };
}
