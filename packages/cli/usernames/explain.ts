import {
  compile,
  explain,
  labelOf,
  renderExplanation,
  type DirectoryUser,
  type Explanation,
  type UsernameReport,
  escapedJson,
} from "entra-mappings";
import { emails } from "./emails";
import { CliError } from "../common/errors";
import type { Options } from "./options";

/** Returns a predicate for the requested users. It compares user principal name, mail and object id without regard to case. */
export function isUser(wanted: readonly string[]): (user: DirectoryUser) => boolean {
  const keys = new Set(wanted.map((name) => name.toLowerCase()));
  const has = (value: string | null | undefined) =>
    value !== undefined && value !== null && keys.has(value.toLowerCase());
  return (user) => has(user.userPrincipalName) || has(user.mail) || has(user.id);
}

/** Renders each requested user step by step, with findings that need the whole directory (collisions). @throws CliError for unknown users */
export function* explainUsers(
  users: readonly DirectoryUser[],
  report: UsernameReport,
  options: Options,
): Generator<string> {
  const missing = options.explain.filter((name) => !users.some(isUser([name])));
  if (missing.length > 0) {
    const where = report.about["source"] ?? "the input";
    throw new CliError(
      missing.map((name) => `--explain ${name}: no user of ${where} has this principal name, mail or object id.`),
    );
  }
  const email = compile(emails[options.email]);
  const explanations = users.map((user): Explanation => {
    const alone = explain(user, options.mapping.tree, {
      email,
      currentExpression: options.currentExpression?.tree,
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
