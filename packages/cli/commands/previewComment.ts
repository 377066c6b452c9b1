import type { PreviewReview, ReviewedUsernames } from "@smallstep-ssh/stack";
import {
  addStackOptions,
  checkNumbers,
  createCommand,
  number,
  type CommandContext,
  type Subcommand,
} from "../common/command";
import type { CommandLine } from "../common/commandLine";
import { CliError } from "../common/errors";
import type { PreviewOptions, PreviewStack } from "../preview/run";
import { addHostOptions, hostHelp } from "../scm/options";

const epilogue = (line: CommandLine) => `
The command runs \`pulumi preview\` and writes a review report as Markdown. The report lists the resources to create, change, replace
and delete, with the old and the new value of each property. It lists the user names, collisions, users who cannot log in, and users
who are renamed compared with the current mapping. It contains no stack outputs, masks secrets, and escapes untrusted names.
Credentials with read permissions are enough: the command skips checks of permissions that only a deployment needs.
With --post, the command keeps one comment per stack on the pull request and edits it in place.
--output and --input split the command into two runs, so that code of a pull request never runs with a token that can write.
${hostHelp}
Exit codes:
  0  the preview succeeded
  1  the preview failed; the report has the reason
  2  the command failed; standard error has the reason; nothing is posted

Examples:
  ${line("--stack dev")}
  ${line("--stack dev --output preview.md")}
  ${line("--stack dev --input preview.md --post github")}
`;

/** Previews a stack for the reviewers of a pull request. @param preview for tests */
export function previewCommentCommand(context: CommandContext, preview: PreviewStack = previewStack): Subcommand {
  const command = createCommand("preview-comment", context, epilogue).description(
    "Previews a stack and reports the changes to reviewers.",
  );
  addStackOptions(command, "to preview")
    .option("--output <file>", "also write the report to a file")
    .option("--input <file>", "post the report of an earlier run; do not preview")
    .option("--pull-request <number>", "the pull request to comment on (default: from the environment)", number);
  addHostOptions(command, "comment on the pull request: github or azure-devops");
  return {
    command,
    errorExitCode: 2,
    async run() {
      checkNumbers(command, { pullRequest: 1 });
      const options = command.opts<PreviewOptions>();
      if (options.input !== undefined && options.output !== undefined) {
        throw new CliError(["--input and --output exclude each other; expected one of them."]);
      }
      const { reportPreview } = await import("../preview/run.js");
      return reportPreview(options, context, preview);
    },
  };
}

const previewStack: PreviewStack = async (options) => {
  const { collectEvents, openStack, outputsByTeam } = await import("../engine/stack.js");
  const { deploy } = await import("@smallstep-ssh/stack");
  const usernames: ReviewedUsernames[] = [];
  const jobIds: Record<string, string> = {};
  const review: PreviewReview = { jobIds, usernames: (found) => void usernames.push(found) };
  const stack = await openStack(options, () => deploy({ review }));
  for (const [team, { jobId }] of Object.entries(outputsByTeam(await stack.outputs()))) {
    if (typeof jobId === "string") jobIds[team] = jobId;
  }
  return { ...(await collectEvents(stack, "preview")), usernames };
};
