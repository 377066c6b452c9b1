import { compile } from "../../mappings/expression";
import {
  explain,
  labelOf,
  renderExplanation,
  type DirectoryUser,
  type Explanation,
  type UsernameReport,
} from "../../mappings/usernames";
import { escapedJson } from "../../mappings/visible";
import { emails } from "./emails";
import { CliError } from "./errors";
import type { Options } from "./options";

/** Whether somebody is one of those asked for, by principal name, mail or object id; case does not count. */
export function isUser(wanted: readonly string[]): (user: DirectoryUser) => boolean {
  const keys = new Set(wanted.map((name) => name.toLowerCase()));
  const has = (value: string | null | undefined) =>
    value !== undefined && value !== null && keys.has(value.toLowerCase());
  return (user) => has(user.userPrincipalName) || has(user.mail) || has(user.id);
}

/** Each person asked for, step by step, with the findings that only the whole directory shows (collisions). */
export function* explainUsers(
  users: readonly DirectoryUser[],
  report: UsernameReport,
  options: Options,
): Generator<string> {
  const missing = options.explain.filter((name) => !users.some(isUser([name])));
  if (missing.length > 0) {
    const where = report.about["source"] ?? "the input";
    throw new CliError(
      missing.map((name) => `--explain ${name}: nobody of ${where} has this name, mail or object id.`),
    );
  }
  const email = compile(emails[options.email]);
  const explanations = users.map((user): Explanation => {
    const alone = explain(user, options.mapping.tree, {
      email,
      ...(options.currentExpression === undefined ? {} : { currentExpression: options.currentExpression.tree }),
    });
    return { ...alone, row: report.users.find((row) => row.user === labelOf(user)) ?? alone.row };
  });
  if (options.format === "json") {
    yield `${escapedJson(explanations)}\n`;
    return;
  }
  for (const [index, explanation] of explanations.entries()) {
    if (index > 0) yield "\n";
    yield renderExplanation(explanation);
  }
}
