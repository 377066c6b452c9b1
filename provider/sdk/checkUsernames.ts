import * as pulumi from "@pulumi/pulumi";

import { version } from "../version";

export interface CheckUsernamesArgs {
  /** Object ids of the groups assigned to the enterprise application. */
  groups: string[];
  /** The expression that `userName` is mapped by. */
  mapping: string;
  /** The expression of the e-mail address that the CA sees. Default `[mail]`, of which Entra makes the email claim. */
  email?: string | undefined;
  /** The expression in force now: whoever has another name under it is reported as renamed. */
  currentExpression?: string | undefined;
  /** Email domains of the CA's provisioner. Default: not checked. */
  domains?: string[] | undefined;
  /** People kept in detail for each kind of finding. Default 200. */
  maxDetails?: number | undefined;
}

export interface CheckUsernamesResult {
  /** People looked at. */
  users: number;
  /** People with an error: a name collision, an invalid name, no mail. */
  errors: number;
  /** People with a warning at worst. */
  warnings: number;
  /** One line. */
  summary: string;
  /** For a terminal. */
  table: string;
  /** For a pull request. */
  markdown: string;
  /** All of it, as JSON text. */
  report: string;
}

export type CheckUsernamesOutputArgs = {
  [Name in keyof CheckUsernamesArgs]: CheckUsernamesArgs[Name] extends string[]
    ? pulumi.Input<pulumi.Input<string>[]>
    : pulumi.Input<Exclude<CheckUsernamesArgs[Name], undefined>> | Extract<CheckUsernamesArgs[Name], undefined>;
};

const token = "usersync:entra:checkUsernames";

/** Who would get which account name, who would collide and who could not log in: reads the groups' members from Graph. */
export function checkUsernames(
  args: CheckUsernamesArgs,
  options: pulumi.InvokeOptions = {},
): Promise<CheckUsernamesResult> {
  return pulumi.runtime.invoke(token, { ...args }, { version, ...options });
}

/** {@link checkUsernames} for values that are known later; skipped in a preview in which they are not. */
export function checkUsernamesOutput(
  args: CheckUsernamesOutputArgs,
  options: pulumi.InvokeOutputOptions = {},
): pulumi.Output<CheckUsernamesResult> {
  return pulumi.runtime.invokeOutput(token, { ...args }, { version, ...options });
}
