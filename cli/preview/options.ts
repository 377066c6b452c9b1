import { Command } from "commander";
import { parseCommand } from "../common/command";
import { CliError } from "../common/errors";
import { addHostOptions, hostHelp, type HostOptions } from "../hosts/options";

export interface PreviewOptions extends HostOptions {
  stack: string;
  cwd: string;
  /** File to write the Markdown to. */
  output?: string;
  /** File with the Markdown of an earlier run, to be posted. */
  input?: string;
}

const epilogue = `
It runs \`pulumi preview\` and writes what a reviewer wants to know as Markdown: what is created, changed, replaced and deleted, with
the old and the new value of each property; who gets which user name, who collides, who cannot log in, and who is renamed compared
with the mapping that runs now. It holds no outputs of the stack; secrets are masked. Names that others choose mention nobody and
break no table. Permissions that only a deployment needs are not asked for: credentials that can read are enough.
With --post, the pull request has one such comment for each stack, edited in place.
--output and --input part the two halves, so that the code of a pull request never runs where a token can write.
${hostHelp}
Exit codes:
  0  the preview succeeded
  1  the preview failed; the text says why
  2  it could not be carried out, as standard error says; nothing is posted

Examples:
  npm run preview:comment -- --stack dev
  npm run preview:comment -- --stack dev --output preview.md
  npm run preview:comment -- --stack dev --input preview.md --post github
`;

/** @throws HelpRequested, CliError */
export function readOptions(argv: readonly string[]): PreviewOptions {
  const program = new Command("npm run preview:comment --")
    .description("Previews a stack, for the people who review the change.")
    .requiredOption("--stack <name>", "the stack to preview")
    .option("--cwd <folder>", "folder with Pulumi.yaml", ".")
    .option("--output <file>", "write the text to a file as well")
    .option("--input <file>", "post the text of an earlier run, and preview nothing")
    .option(
      "--pull-request <number>",
      "the pull request to comment on (default: as the environment says)",
      wholeNumber,
    );
  addHostOptions(program, "comment on the pull request: github or azure-devops").addHelpText("after", epilogue);
  parseCommand(program, argv);
  const options = program.opts<PreviewOptions>();
  if (options.input !== undefined && options.output !== undefined) {
    throw new CliError(["--input is given together with --output; expected one of them."]);
  }
  return options;
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw new CliError([`--pull-request ${text}: expected a number from 1.`]);
  return number;
}
