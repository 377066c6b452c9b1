import type { Terminal } from "../common/terminal";
import { runSubcommand } from "../common/command";
import { usernamesCommand } from "../commands/usernames";
import type { GraphDirectory } from "./run";

/** The output of a run of the command, and its exit code. For tests. */
export interface RunResult {
  code: number;
  out: string;
  err: string;
}

const noGraph: GraphDirectory = () => {
  throw new Error("This test has no Graph.");
};

export async function runUsernames(
  argv: readonly string[],
  given: Partial<Pick<Terminal, "colour" | "interactive">> & { fromGraph?: GraphDirectory } = {},
): Promise<RunResult> {
  const result: RunResult = { code: -1, out: "", err: "" };
  const terminal: Terminal = {
    write: (text) => Promise.resolve(void (result.out += text)),
    writeError: (text) => void (result.err += text),
    colour: given.colour ?? false,
    interactive: given.interactive ?? false,
  };
  result.code = await runSubcommand(
    usernamesCommand({ terminal, env: {} }, given.fromGraph ?? noGraph),
    argv,
    terminal,
  );
  return result;
}
