import type { InputErrors } from "@smallstep-ssh/usersync/host";
import { isPulumiError, pulumiProblem, sentence } from "./pulumiErrors";

/** A problem of the command line, the input or the environment. It is shown to the user without a stack trace. */
export class CliError extends Error {
  override readonly name = "CliError";
  constructor(
    /** One sentence each. A sentence can have further lines, such as a caret below an expression. */
    readonly problems: readonly string[],
  ) {
    super(problems.join("\n"));
  }
}

/** Names of errors whose message is written for users. Names, because loading the modules takes longer than most commands. */
const userFacingErrors = new Set(["ConfigurationError", "DatabaseError", "GraphError", "HttpError"]);

/** Returns the messages of an error, one sentence each. */
export function problemsOf(error: unknown): readonly string[] {
  if (error instanceof CliError) return error.problems;
  if (!(error instanceof Error)) return [`Unexpected error: ${String(error)}.`];
  if (isInputErrors(error)) return error.failures.map(inputProblem);
  if (isPulumiError(error)) return [pulumiProblem(error)];
  const { message } = error;
  if (userFacingErrors.has(error.name)) return [/[.:!?]$|\n/.test(message) ? message : `${message}.`];
  return [`Unexpected error: ${sentence(message.split("\n", 1)[0] ?? "")} Set DEBUG=1 for a stack trace.`];
}

/** Tests for the plugin's error about its inputs, without loading the plugin. */
export function isInputErrors(error: Error): error is InputErrors {
  return error.name === "InputErrors";
}

/** Returns the message about an input. */
export function inputProblem({ property, reason }: InputErrors["failures"][number]): string {
  return `${property} ${[reason].flat().join("\n")}`;
}

/** Returns the reason of a parser on one line, without a full stop. A recursive parser overflows the stack at some thousands of levels. */
export function parserReason(error: unknown): string {
  const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n", 1);
  return /call stack/.test(line) ? "it is nested too deeply" : line.replace(/[.:]$/, "");
}

/** Returns the stack trace of an error and its causes. */
export function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\ncaused by ${traceOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
