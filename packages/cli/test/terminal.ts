import { createTerminal, type Terminal } from "../common/terminal";
import { runSubcommand, type CommandContext, type Subcommand } from "../common/command";

/** The output of a run of a command, and its exit code. */
export interface RunResult {
  code: number;
  out: string;
  err: string;
}

/** Runs a subcommand in this process. */
export async function run(
  create: (context: CommandContext) => Subcommand,
  argv: readonly string[],
  given: { env?: NodeJS.ProcessEnv; capabilities?: Partial<Terminal> } = {},
): Promise<RunResult> {
  const result: RunResult = { code: -1, out: "", err: "" };
  const streams = {
    out: (text: string) => void (result.out += text),
    err: (text: string) => void (result.err += text),
  };
  const terminal = createTerminal(streams, { colour: false, interactive: false, ...given.capabilities });
  result.code = await runSubcommand(create({ terminal, env: given.env ?? {} }), argv, terminal);
  return result;
}
