import * as pulumi from "@pulumi/pulumi";

import { version } from "../version";

export interface TestConnectionOutputArgs {
  /** The job: `/servicePrincipals/{object id}/synchronization/jobs/{job id}`. */
  jobId: pulumi.Input<string>;
  /** The tenant URL: `https://host/DIRECTORY/v2`. */
  baseAddress: pulumi.Input<string>;
  /** Always kept as a secret. */
  secretToken: pulumi.Input<string>;
}

export interface TestConnectionResult {
  /** The token that was tested. Secret. */
  secretToken: string;
}

/**
 * The portal's "Test connection": whether Entra reaches the SCIM endpoint with this token. Nothing is saved; what uses the token of the
 * result is saved only when the test has succeeded. Needs the permission to change the job.
 */
export function testConnectionOutput(
  { secretToken, ...args }: TestConnectionOutputArgs,
  options: pulumi.InvokeOutputOptions = {},
): pulumi.Output<TestConnectionResult> {
  const all = { ...args, secretToken: pulumi.secret(secretToken) };
  return pulumi.secret(
    pulumi.runtime.invokeOutput<TestConnectionResult>("usersync:entra:testConnection", all, { version, ...options }),
  );
}
