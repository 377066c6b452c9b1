import { createCommand, type CommandContext, type Subcommand } from "../common/command";
import type { CommandLine } from "../common/commandLine";

const epilogue = (line: CommandLine) => `
Standard input has one JSON object per line:
  {"expression": "...", "input": {attribute: string, number, true, false, list or null}, "now"?: ISO 8601 time, "defaultDomain"?: string}
Standard output has one line per input line, in the same order:
  {"output": ...}                            the value that Entra would write
  {"error": {"message": ..., "position": n}} the problem, and the index of the character where it is

Exit codes:
  0  every line has a result, which may be an error
  2  the command line is invalid

Example:
  echo '{"expression": "ToLower([mail])", "input": {"mail": "Ada@Corp.com"}}' | ${line("", { silent: true })}
`;

/** Evaluates attribute mapping expressions, for scripts and editors. */
export function mappingCommand(context: CommandContext): Subcommand {
  return {
    command: createCommand("mapping", context, epilogue).description(
      "Evaluates Entra attribute mapping expressions, for scripts and editors.",
    ),
    errorExitCode: 2,
    async run() {
      const { answerLines } = await import("../mapping/answer.js");
      await answerLines(process.stdin, context.terminal);
      return 0;
    },
  };
}
