import * as pulumi from "@pulumi/pulumi";

import { version } from "../version";
import { withSecretToken, type ScimCredentials } from "./provisioning";

/** Inputs of {@link ConnectionTest}. */
export interface ConnectionTestArgs {
  /**
   * Id of the job, as azuread returns it: `/servicePrincipals/{object id}/synchronization/jobs/{job id}`. A change
   * replaces the resource.
   */
  jobId: pulumi.Input<string>;
  /** Credentials to test. A change repeats the test. */
  credentials: pulumi.Input<ScimCredentials>;
}

/**
 * Connection test like the portal's "Test connection": checks that Entra reaches the SCIM endpoint with the
 * credentials, on creation and after each change. Saves nothing. Resources that use the `credentials` output save the
 * credentials only after the test has succeeded. Import by `jobId`.
 * Source: Microsoft Graph `validateCredentials`; needs Synchronization.ReadWrite.All.
 */
export class ConnectionTest extends pulumi.CustomResource {
  declare readonly jobId: pulumi.Output<string>;
  /** Tested credentials. */
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
