import * as pulumi from "@pulumi/pulumi";

import { version } from "../version";

/** Arguments of {@link getScimLogin}. */
export interface GetScimLoginArgs {
  /** Id (GUID) of the directory that was created in Smallstep's UI. */
  directoryId: string;
  /**
   * Column of the table `scim_logins` with the directory's id. Smallstep does not document it. Default: `directory_id`.
   */
  directoryColumn?: string | undefined;
}

export interface GetScimLoginResult {
  /** Bearer token of the directory's SCIM endpoint. Secret. */
  token: string;
}

export interface GetScimLoginOutputArgs {
  directoryId: pulumi.Input<string>;
  directoryColumn?: pulumi.Input<string> | undefined;
}

const token = "usersync:smallstep:getScimLogin";

/**
 * Reads the SCIM token of a directory from the `folk` database. Rejects an unknown directory and lists the known ones.
 * Returns the token in clear text; {@link getScimLoginOutput} keeps it secret.
 */
export function getScimLogin(args: GetScimLoginArgs, options: pulumi.InvokeOptions = {}): Promise<GetScimLoginResult> {
  return pulumi.runtime.invoke(token, { ...args }, { version, ...options });
}

/** {@link getScimLogin} for outputs. The result is secret. */
export function getScimLoginOutput(
  args: GetScimLoginOutputArgs,
  options: pulumi.InvokeOutputOptions = {},
): pulumi.Output<GetScimLoginResult> {
  return pulumi.secret(pulumi.runtime.invokeOutput<GetScimLoginResult>(token, { ...args }, { version, ...options }));
}
