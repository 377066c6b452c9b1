import { CommanderError, type Command } from "commander";
import { visibleLines } from "../../mappings/visible";
import { InputErrors } from "../../provider/host/types";
import { CliError, HelpRequested } from "./errors";
import type { Terminal } from "./terminal";

/** Reads a command line. @throws HelpRequested, CliError naming the option that is wrong */
export function parseCommand(program: Command, argv: readonly string[]): void {
  let shown = "";
  program
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: (text) => void (shown += text), writeErr: () => undefined });
  try {
    program.parse([...argv], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) throw new HelpRequested(shown);
    throw new CliError([`${error.message.replace(/^error: /, "").replace(/\.$/, "")}; see --help.`]);
  }
}

/**
 * Runs a command to its exit code. Help goes to standard output. What went wrong goes to standard error, one sentence each; where
 * it happened in the program only when the variable DEBUG is set.
 * @param errorExitCode exit code when it could not be carried out
 */
export async function runCommand(
  terminal: Pick<Terminal, "write" | "writeError">,
  errorExitCode: number,
  act: () => Promise<number>,
): Promise<number> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof HelpRequested) {
      await terminal.write(error.text);
      return 0;
    }
    // They quote the input, which may hold anything; the lines of an expression stay lines.
    for (const problem of problemsOf(error)) {
      terminal.writeError(`${visibleLines(problem)}\n`);
    }
    if (process.env["DEBUG"]) terminal.writeError(`${traceOf(error)}\n`);
    return errorExitCode;
  }
}

/** Errors whose message is a sentence for people, by name: to load their modules takes longer than most commands. */
const userFacingErrors = new Set(["ConfigurationError", "DatabaseError", "GraphError", "HttpError"]);

/** An error in sentences. */
export function problemsOf(error: unknown): readonly string[] {
  if (error instanceof CliError) return error.problems;
  if (error instanceof InputErrors) return error.failures.map(({ property, reason }) => `${property} ${reason}`);
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Error && userFacingErrors.has(error.name))
    return [/[.:!?]$|\n/.test(message) ? message : `${message}.`];
  return [`Unexpected error: ${message.split("\n", 1)[0] ?? ""}. Set DEBUG=1 for a stack trace.`];
}

function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\ncaused by ${traceOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
