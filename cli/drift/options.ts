import { Command } from "commander";
import { parseCommand } from "../common/command";
import { addHostOptions, hostHelp, type HostOptions } from "../hosts/options";

export interface DriftOptions extends HostOptions {
  stack: string;
  cwd: string;
}

const epilogue = `
Drift is what differs between the state and the world: a property that the program declared and that is another now, or a resource
that is gone. What only the service computes (counts, versions) is none. It looks as \`pulumi refresh --preview-only\` does: nothing
is changed, the state is not written, the program is not run, and what is merged but not deployed is no drift.
With --post, one issue about the stack is opened, kept up to date, and closed when there is no drift any more.
${hostHelp}
Exit codes:
  0  no drift
  1  drift
  2  it could not be found out, as standard error says; no issue is touched

Examples:
  npm run drift -- --stack prod
  npm run drift -- --stack prod --post github
`;

/** @throws HelpRequested, CliError */
export function readOptions(argv: readonly string[]): DriftOptions {
  const program = new Command("npm run drift --")
    .description("Says what has changed outside of the stack since it was deployed.")
    .requiredOption("--stack <name>", "the stack to look at")
    .option("--cwd <folder>", "folder with Pulumi.yaml", ".");
  addHostOptions(program, "open, update or close the issue: github or azure-devops").addHelpText("after", epilogue);
  parseCommand(program, argv);
  return program.opts<DriftOptions>();
}
