import type { Terminal } from "../common/terminal";
import { run, type RunResult } from "../test/terminal";
import { usernamesCommand } from "../commands/usernames";
import type { GraphDirectory } from "./run";

const noGraph: GraphDirectory = () => {
  throw new Error("This test has no Graph.");
};

export function runUsernames(
  argv: readonly string[],
  {
    fromGraph = noGraph,
    env,
    ...capabilities
  }: Partial<Pick<Terminal, "colour" | "interactive">> & {
    fromGraph?: GraphDirectory;
    env?: NodeJS.ProcessEnv;
  } = {},
): Promise<RunResult> {
  return run((context) => usernamesCommand(context, fromGraph), argv, { env, capabilities });
}
