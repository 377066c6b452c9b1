import { CommanderError, Command } from "commander";
import { visibleLines } from "entra-mappings";
import type { InputErrors } from "@smallstep-ssh/usersync/host";
import { commandLineOf, type CommandLine } from "./commandLine";
import { CliError, HelpRequested } from "./errors";
import type { Terminal } from "./terminal";

/** What a subcommand needs from the process. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly env: NodeJS.ProcessEnv;
}

/** A subcommand: its options, its help and its handler. */
export interface Subcommand {
  readonly command: Command;
  /** The exit code if the command line or the input is invalid, or the handler fails. */
  readonly errorExitCode: number;
  /** Acts on the parsed options and returns the exit code. */
  run(): Promise<number>;
}

/** Creates the command of a subcommand. @param epilogue returns the text below the options, with command lines as the reader types them */
export function createCommand(
  name: string,
  { env }: Pick<CommandContext, "env">,
  epilogue: (line: CommandLine) => string,
): Command {
  const line = commandLineOf(name, env);
  return new Command(name)
    .configureHelp({ commandUsage: (command) => line(command.usage()) })
    .addHelpText("after", () => epilogue(line));
}

/** Returns the command line that prints the help of a command. */
export function helpLine(command: Command): string {
  const help = command.createHelp();
  return help.commandUsage(command).replace(command.usage(), "--help");
}

/** Parses the command line of a subcommand, runs its handler, and returns the exit code. */
export function runSubcommand(
  { command, errorExitCode, run }: Subcommand,
  argv: readonly string[],
  terminal: Pick<Terminal, "write" | "writeError">,
): Promise<number> {
  return runCommand(terminal, errorExitCode, () => {
    parseCommand(command, argv);
    return run();
  });
}

/** Parses a command line. @throws HelpRequested, CliError that names the invalid option */
export function parseCommand(program: Command, argv: readonly string[]): void {
  let shown = "";
  for (const command of [program, ...program.commands]) {
    command
      .allowExcessArguments(false)
      .exitOverride()
      .configureOutput({ writeOut: (text) => void (shown += text), writeErr: () => undefined });
  }
  try {
    program.parse([...argv], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) throw new HelpRequested(shown);
    const problem =
      error.code === "commander.help" ? "unknown command" : error.message.replace(/^error: /, "").replace(/\.$/, "");
    throw new CliError([`${problem}; see ${helpLine(program)}.`]);
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
  if (isInputErrors(error)) return error.failures.map(({ property, reason }) => `${property} ${reason}`);
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Error && userFacingErrors.has(error.name))
    return [/[.:!?]$|\n/.test(message) ? message : `${message}.`];
  return [`Unexpected error: ${message.split("\n", 1)[0] ?? ""}. Set DEBUG=1 for a stack trace.`];
}

function isInputErrors(error: unknown): error is InputErrors {
  return error instanceof Error && error.name === "InputErrors";
}

function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\ncaused by ${traceOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
