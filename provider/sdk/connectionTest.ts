import * as pulumi from "@pulumi/pulumi";

import { version } from "../version";
import { withSecretToken, type ScimCredentials } from "./provisioning";

export interface ConnectionTestArgs {
  /** The job: `/servicePrincipals/{object id}/synchronization/jobs/{job id}`, the id of azuread's job. Replaces. */
  jobId: pulumi.Input<string>;
  credentials: pulumi.Input<ScimCredentials>;
}

/**
 * The portal's "Test connection": whether Entra reaches the SCIM endpoint with these credentials, tried when they are new and whenever
 * they change. Nothing is saved: what takes the credentials from here is saved only after the test has succeeded. Needs the
 * permission to change the job. The id is `jobId`, with which it can be imported.
 */
export class ConnectionTest extends pulumi.CustomResource {
  declare readonly jobId: pulumi.Output<string>;
  /** As given, and tested. */
  declare readonly credentials: pulumi.Output<{ baseAddress: string; secretToken: string }>;

  constructor(name: string, args: ConnectionTestArgs, options?: pulumi.CustomResourceOptions) {
    super(
      "usersync:entra:ConnectionTest",
      name,
      { ...args, credentials: withSecretToken(args.credentials) },
      pulumi.mergeOptions({ version }, options),
    );
  }
}
