import * as pulumi from "@pulumi/pulumi";

import { version } from "../version";

/** Arguments of {@link checkUsernames}. */
export interface CheckUsernamesArgs {
  /** Object ids of the groups assigned to the enterprise application. */
  groups: string[];
  /** Expression that maps `userName`. */
  mapping: string;
  /**
   * Expression of the email address in the token for the CA. Default: `[mail]`, which Entra uses for the email claim.
   */
  email?: string | undefined;
  /**
   * Expression that currently maps `userName`. Users with another name under it are reported as renamed. Default:
   * renames are not checked.
   */
  currentExpression?: string | undefined;
  /** Email domains of the CA's provisioner. Default: not checked. */
  domains?: string[] | undefined;
  /** Maximum number of users listed in detail per kind of finding; a whole number of at least 0. Default: 200. */
  maxDetails?: number | undefined;
}

/** Result of {@link checkUsernames}. */
export interface CheckUsernamesResult {
  /** Number of checked users. */
  users: number;
  /** Number of users with an error: a name collision, an invalid name, no email address. */
  errors: number;
  /** Number of users with a warning and no error. */
  warnings: number;
  /** Summary in one line. */
  summary: string;
  /** Report as a table for a terminal. */
  table: string;
  /** Report in Markdown for a pull request. */
  markdown: string;
  /** Complete report as a JSON string. */
  report: string;
}

export type CheckUsernamesOutputArgs = {
  [Name in keyof CheckUsernamesArgs]: CheckUsernamesArgs[Name] extends string[]
    ? pulumi.Input<pulumi.Input<string>[]>
    : pulumi.Input<Exclude<CheckUsernamesArgs[Name], undefined>> | Extract<CheckUsernamesArgs[Name], undefined>;
};

const token = "usersync:entra:checkUsernames";

/**
 * Reports the account name of each member of the groups, name collisions, and users who cannot log in. Reads the
 * members from Microsoft Graph; needs GroupMember.Read.All and User.Read.All. Rejects invalid arguments and unknown
 * groups.
 */
export function checkUsernames(
  args: CheckUsernamesArgs,
  options: pulumi.InvokeOptions = {},
): Promise<CheckUsernamesResult> {
  return pulumi.runtime.invoke(token, { ...args }, { version, ...options });
}

/** {@link checkUsernames} for outputs. A preview skips the call while an argument is unknown. */
export function checkUsernamesOutput(
  args: CheckUsernamesOutputArgs,
  options: pulumi.InvokeOutputOptions = {},
): pulumi.Output<CheckUsernamesResult> {
  return pulumi.runtime.invokeOutput(token, { ...args }, { version, ...options });
}
