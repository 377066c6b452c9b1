import * as pulumi from "@pulumi/pulumi";

import { version } from "../version";

export interface GetScimLoginArgs {
  /** The directory made in Smallstep's UI. */
  directoryId: string;
  /** Column of `scim_logins` that holds the directory's id: not documented. Default `directory_id`. */
  directoryColumn?: string | undefined;
}

export interface GetScimLoginResult {
  /** The bearer token of the directory's SCIM endpoint. Secret. */
  token: string;
}

export interface GetScimLoginOutputArgs {
  directoryId: pulumi.Input<string>;
  directoryColumn?: pulumi.Input<string> | undefined;
}

const token = "usersync:smallstep:getScimLogin";

/**
 * The SCIM token of a directory, from `folk`. An unknown directory is an error that lists the known ones.
 * The result is in clear; {@link getScimLoginOutput} keeps it a secret.
 */
export function getScimLogin(args: GetScimLoginArgs, options: pulumi.InvokeOptions = {}): Promise<GetScimLoginResult> {
  return pulumi.runtime.invoke(token, { ...args }, { version, ...options });
}

/** {@link getScimLogin} for values that are known later; the result stays a secret. */
export function getScimLoginOutput(
  args: GetScimLoginOutputArgs,
  options: pulumi.InvokeOutputOptions = {},
): pulumi.Output<GetScimLoginResult> {
  return pulumi.secret(pulumi.runtime.invokeOutput<GetScimLoginResult>(token, { ...args }, { version, ...options }));
}
