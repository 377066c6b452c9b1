import {
  addStackOptions,
  createCommand,
  type CommandContext,
  type StackOptions,
  type Subcommand,
} from "../common/command";
import type { CommandLine } from "../common/commandLine";
import type { RefreshPreview } from "../drift/run";
import { addHostOptions, hostHelp, type HostOptions } from "../scm/options";

const epilogue = (line: CommandLine) => `
Drift is a difference between the state and the real resources: a declared property with another value, or a resource that no longer
exists. Values that only the service computes (counts, versions) are not drift. The command works like \`pulumi refresh --preview-only\`:
it changes nothing, does not write the state or the stack's file, and does not run the program. Merged changes that are not deployed yet are not drift.
With --post, the command opens one issue about the stack, keeps it up to date, and closes it when there is no more drift.
${hostHelp}
Exit codes:
  0   no drift
  20  drift
  2   the check failed; standard error has the reason; no issue is changed

Examples:
  ${line("--stack prod")}
  ${line("--stack prod --post github")}
`;

/** Reports changes made outside the stack. @param refreshPreview for tests */
export function driftCommand(context: CommandContext, refreshPreview: RefreshPreview = previewRefresh): Subcommand {
  const command = createCommand("drift", context, epilogue).description(
    "Reports what was changed outside the stack since the last deployment.",
  );
  addStackOptions(command, "to check");
  addHostOptions(command, "open, update or close the issue: github or azure-devops");
  return {
    command,
    errorExitCode: 2,
    async run() {
      const { reportDrift } = await import("../drift/run.js");
      return reportDrift(command.opts<StackOptions & HostOptions>(), context, refreshPreview);
    },
  };
}

const previewRefresh: RefreshPreview = async (options) => {
  const { collectEvents, openStack } = await import("../engine/stack.js");
  return collectEvents(await openStack(options), "previewRefresh");
};
