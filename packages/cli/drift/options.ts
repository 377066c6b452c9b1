import { Command } from "commander";
import { parseCommand } from "../common/command";
import { addHostOptions, hostHelp, type HostOptions } from "../scm/options";

export interface DriftOptions extends HostOptions {
  stack: string;
  cwd: string;
}

const epilogue = `
Drift is a difference between the state and the real resources: a declared property with another value, or a resource that no longer
exists. Values that only the service computes (counts, versions) are not drift. The command works like \`pulumi refresh --preview-only\`:
it changes nothing, does not write the state, and does not run the program. Merged changes that are not deployed yet are not drift.
With --post, the command opens one issue about the stack, keeps it up to date, and closes it when there is no more drift.
${hostHelp}
Exit codes:
  0  no drift
  1  drift
  2  the check failed; standard error has the reason; no issue is changed

Examples:
  npm run drift -- --stack prod
  npm run drift -- --stack prod --post github
`;

/** Reads and validates the command line. @throws HelpRequested, CliError */
export function readOptions(argv: readonly string[]): DriftOptions {
  const program = new Command("npm run drift --")
    .description("Reports what was changed outside the stack since the last deployment.")
    .requiredOption("--stack <name>", "the stack to check")
    .option("--cwd <folder>", "folder with Pulumi.yaml", ".");
  addHostOptions(program, "open, update or close the issue: github or azure-devops").addHelpText("after", epilogue);
  parseCommand(program, argv);
  return program.opts<DriftOptions>();
}
