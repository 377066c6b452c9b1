/** Explains step by step how a mapping computes the name of one user. */
import { compile, explain as explainSteps, type Step } from "../expression/compile";
import { parse } from "../expression/parser";
import { print } from "../expression/printer";
import type { Argument, Expression } from "../expression/ast";
import { escapeInvisible } from "../escapeInvisible";
import { sshPrincipals } from "./principals";
import { createReport, type ReportOptions } from "./report";
import type { UserRow } from "./reportTypes";
import { attribute, attributeLookup, type DirectoryUser } from "./user";

/** Returns the attributes that an expression reads, without duplicates, in order of appearance. */
export function attributesOf(expression: Expression | string): string[] {
  const names = new Set<string>();
  const visit = (node: Argument): void => {
    if (node.kind === "attribute") names.add(node.name);
    else if (node.kind === "call") node.arguments.forEach(visit);
    else if (node.kind === "comparison") [node.left, node.right].forEach(visit);
  };
  visit(typeof expression === "string" ? parse(expression) : expression);
  return [...names];
}

/** The evaluation of one mapping for one user. */
export interface Evaluation {
  /** The expression in normal form. */
  readonly expression: string;
  /** The value of each attribute in the expression; null if the user does not have it. */
  readonly attributes: Readonly<Record<string, string | number | boolean | readonly string[] | null>>;
  /** Each function call, innermost first, with its result or its error. */
  readonly steps: readonly Step[];
}

export interface Explanation extends Evaluation {
  /** The evaluation of the current mapping, if one is compared. */
  readonly before?: Evaluation;
  /** The SSH principals that the CA writes into the certificate. */
  readonly principals: readonly string[];
  /** The user's row in a report that contains only this user. */
  readonly row: UserRow;
}

export interface ExplainOptions extends Omit<ReportOptions, "mapping" | "currentExpression"> {
  /** The current mapping. Default: no comparison. */
  readonly currentExpression?: Expression | string;
}

/**
 * Explains the name of one user. An evaluation error for this user appears in the steps and the row.
 * @throws ExpressionError if an expression is invalid
 */
export function explain(
  user: DirectoryUser,
  expression: Expression | string,
  options: ExplainOptions = {},
): Explanation {
  const tree = asTree(expression);
  const { currentExpression, ...others } = options;
  const current = currentExpression === undefined ? undefined : asTree(currentExpression);
  const report = createReport({
    ...others,
    mapping: compile(tree),
    currentExpression: current && compile(current),
  });
  report.add(user);
  const email = options.email === undefined ? user.mail : options.email(attributeLookup(user));
  return {
    ...evaluation(user, tree),
    ...(current === undefined ? {} : { before: evaluation(user, current) }),
    principals: sshPrincipals(typeof email === "string" ? email : undefined),
    row: report.finish().users[0] as UserRow,
  };
}

function asTree(expression: Expression | string): Expression {
  return typeof expression === "string" ? parse(expression) : expression;
}

function evaluation(user: DirectoryUser, tree: Expression): Evaluation {
  return {
    expression: print(tree),
    attributes: Object.fromEntries(attributesOf(tree).map((name) => [name, attribute(user, name) ?? null])),
    steps: explainSteps(tree, attributeLookup(user)),
  };
}

function shown(value: unknown): string {
  return escapeInvisible(value === undefined || value === null ? "(nothing)" : JSON.stringify(value));
}

function evaluationLines({ expression, attributes, steps }: Evaluation): string[] {
  const lines = ["", `  ${escapeInvisible(expression)}`, "", "Attributes"];
  for (const [name, value] of Object.entries(attributes)) lines.push(`  [${escapeInvisible(name)}] = ${shown(value)}`);
  lines.push("", "Steps");
  steps.forEach(({ expression, output, error }, index) => {
    lines.push(`  ${index + 1}. ${escapeInvisible(expression)}`);
    lines.push(error === undefined ? `     = ${shown(output)}` : `     fails: ${escapeInvisible(error)}`);
  });
  return lines;
}

/** Renders an explanation as plain text, with invisible characters escaped. */
export function renderExplanation(explanation: Explanation): string {
  const { row, before } = explanation;
  const lines = [escapeInvisible(row.user), ...evaluationLines(explanation)];
  if (before !== undefined) lines.push("", "Current mapping", ...evaluationLines(before));
  lines.push("");
  if (before !== undefined) lines.push(`Current name    ${shown(row.before)}`);
  lines.push(`User name       ${shown(row.name)}`);
  lines.push(`Grade           ${row.grade ?? "-"}`);
  for (const note of row.notes ?? []) lines.push(`                ${escapeInvisible(note)}`);
  lines.push(`SSH principals  ${explanation.principals.map(escapeInvisible).join(", ") || "(none: cannot log in)"}`);
  lines.push(`Findings        ${row.findings.length === 0 ? "none" : ""}`.trimEnd());
  for (const { level, reason } of row.findings) lines.push(`  ${level}: ${escapeInvisible(reason)}`);
  return lines.join("\n") + "\n";
}
