import { CommanderError, type Command } from "commander";
import { visibleLines } from "entra-mappings";
import { InputErrors } from "@smallstep-ssh/usersync/host";
import { CliError, HelpRequested } from "./errors";
import type { Terminal } from "./terminal";

/** Parses a command line. @throws HelpRequested, CliError that names the invalid option */
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
 * Runs a command and returns its exit code. Writes help to standard output and problems to standard error, one sentence each. Writes
 * a stack trace only if the environment variable DEBUG is set.
 * @param errorExitCode exit code if the command fails
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
    // Messages quote untrusted input. Line breaks stay, so that a caret stays below its expression.
    for (const problem of problemsOf(error)) {
      terminal.writeError(`${visibleLines(problem)}\n`);
    }
    if (process.env["DEBUG"]) terminal.writeError(`${traceOf(error)}\n`);
    return errorExitCode;
  }
}

/** Names of errors whose message is written for users. Names, because loading the modules takes longer than most commands. */
const userFacingErrors = new Set(["ConfigurationError", "DatabaseError", "GraphError", "HttpError"]);

/** Returns the messages of an error, one sentence each. */
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
