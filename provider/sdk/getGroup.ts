import * as pulumi from "@pulumi/pulumi";

import { version } from "../version";

/** One of the two. */
export interface GetGroupArgs {
  /** Display name of a group that is the only security group of this name; compared without case. */
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
 * A security group that exists. No group, one that is no security group (which cannot be assigned to an application), and several of
 * one name are errors. `azuread.getGroup` reads all members and owners besides, and takes no apostrophe in a name; this asks once.
 * Needs GroupMember.Read.All.
 */
export function getGroup(args: GetGroupArgs, options: pulumi.InvokeOptions = {}): Promise<GetGroupResult> {
  return pulumi.runtime.invoke(token, { ...args }, { version, ...options });
}

/** {@link getGroup} for values that are known later. */
export function getGroupOutput(
  args: GetGroupOutputArgs,
  options: pulumi.InvokeOutputOptions = {},
): pulumi.Output<GetGroupResult> {
  return pulumi.runtime.invokeOutput(token, { ...args }, { version, ...options });
}
