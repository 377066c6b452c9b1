import * as pulumi from "@pulumi/pulumi";

import { version } from "../version";

/** Arguments of {@link getGroup}. Set exactly one. */
export interface GetGroupArgs {
  /** Display name of exactly one security group, case-insensitive. */
  displayName?: string | undefined;
  /** Object id of a group. */
  objectId?: string | undefined;
}

export interface GetGroupResult {
  objectId: string;
  displayName: string;
}

export interface GetGroupOutputArgs {
  displayName?: pulumi.Input<string> | undefined;
  objectId?: pulumi.Input<string> | undefined;
}

const token = "usersync:entra:getGroup";

/**
 * Finds an existing security group. Fails if no group matches, if several groups have the name, or if the group is not
 * a security group and cannot be assigned to an application. Unlike `azuread.getGroup`, makes one request, reads no
 * members or owners, and accepts an apostrophe in the name. Needs GroupMember.Read.All.
 */
export function getGroup(args: GetGroupArgs, options: pulumi.InvokeOptions = {}): Promise<GetGroupResult> {
  return pulumi.runtime.invoke(token, { ...args }, { version, ...options });
}

/** {@link getGroup} for outputs. */
export function getGroupOutput(
  args: GetGroupOutputArgs,
  options: pulumi.InvokeOutputOptions = {},
): pulumi.Output<GetGroupResult> {
  return pulumi.runtime.invokeOutput(token, { ...args }, { version, ...options });
}
