import { Command } from "commander";
import { parseCommand } from "../common/command";
import { CliError } from "../common/errors";
import { addHostOptions, hostHelp, type HostOptions } from "../scm/options";

export interface PreviewOptions extends HostOptions {
  stack: string;
  cwd: string;
  /** File to write the Markdown to. */
  output?: string;
  /** File with the Markdown of an earlier run, which is posted. */
  input?: string;
}

const epilogue = `
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
  npm run preview:comment -- --stack dev
  npm run preview:comment -- --stack dev --output preview.md
  npm run preview:comment -- --stack dev --input preview.md --post github
`;

/** Reads and validates the command line. @throws HelpRequested, CliError */
export function readOptions(argv: readonly string[]): PreviewOptions {
  const program = new Command("npm run preview:comment --")
    .description("Previews a stack and reports the changes to reviewers.")
    .requiredOption("--stack <name>", "the stack to preview")
    .option("--cwd <folder>", "folder with Pulumi.yaml", ".")
    .option("--output <file>", "also write the report to a file")
    .option("--input <file>", "post the report of an earlier run; do not preview")
    .option("--pull-request <number>", "the pull request to comment on (default: from the environment)", wholeNumber);
  addHostOptions(program, "comment on the pull request: github or azure-devops").addHelpText("after", epilogue);
  parseCommand(program, argv);
  const options = program.opts<PreviewOptions>();
  if (options.input !== undefined && options.output !== undefined) {
    throw new CliError(["--input and --output exclude each other; expected one of them."]);
  }
  return options;
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw new CliError([`--pull-request ${text}: expected a whole number of at least 1.`]);
  return number;
}
