import { CommanderError, Command } from "commander";
import { boundedList, problemLimits, visibleLines } from "entra-mappings";
import { commandLineOf, type CommandLine } from "./commandLine";
import { CliError, problemsOf, traceOf } from "./errors";
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

/** Options of a command about a deployed stack. */
export interface StackOptions {
  stack: string;
  /** Folder with Pulumi.yaml. */
  cwd: string;
}

/** Adds the options of {@link StackOptions}. @param purpose completes "the stack" */
export function addStackOptions(command: Command, purpose: string): Command {
  return command
    .requiredOption("--stack <name>", `the stack ${purpose}`)
    .option("--cwd <folder>", "folder with Pulumi.yaml", ".");
}

/** Parses a number of the command line. Keeps another text, which {@link checkNumbers} reports. */
export function number(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text;
}

/** Validates options that are numbers. @param least the minimum of each @throws CliError that lists every invalid option */
export function checkNumbers(command: Command, least: Readonly<Record<string, number>>): void {
  const problems = Object.entries(least).flatMap(([name, minimum]) => {
    const option = command.options.find((one) => one.attributeName() === name);
    const value: unknown = command.getOptionValue(name);
    const valid = value === undefined || (typeof value === "number" && value >= minimum);
    return valid ? [] : [`${option?.long} ${String(value)}: expected a whole number of at least ${minimum}.`];
  });
  if (problems.length > 0) throw new CliError(problems);
}

/** Collects the values of an option that can be repeated. */
export function repeated(value: string, earlier: string[] = []): string[] {
  return [...earlier, value];
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

/** The user requested help. `message` is the help text. */
class HelpRequested extends Error {}

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
      await terminal.write(error.message);
      return 0;
    }
    // Messages quote untrusted input. Line breaks stay, so that a caret stays below its expression.
    for (const problem of boundedList(problemsOf(error), problemLimits))
      terminal.writeError(`${visibleLines(problem)}\n`);
    if (process.env["DEBUG"]) terminal.writeError(`${traceOf(error)}\n`);
    return errorExitCode;
  }
}
