import { addStackOptions, createCommand, type CommandContext, type Subcommand } from "../common/command";
import type { CommandLine } from "../common/commandLine";
import type { DestinationsOptions, ReadDeployed } from "../preview/reportDestinations";

const epilogue = (line: CommandLine) => `
The command decides whether a preview of a proposed version may use credentials. It compares the files of the proposed version with
those of the trusted version: every setting that decides where a credential goes, such as scim.baseUrl and database.host, also of
teams, and everything that is not a setting of this stack, such as the settings of providers, the secrets provider, and Pulumi.yaml.
It then compares the destinations with the configuration of the last deployment. A stack that was never deployed has none.
Run the command from the trusted version. It reads the files of --head as data. A file that it cannot read or parse counts as different.
If something differs, it writes a report as Markdown, which shows the names of the settings and no values.
If GITHUB_STEP_SUMMARY is set, it appends the report to the job summary.

Exit codes:
  0   everything is the same: a preview may use credentials
  20  something differs
  2   the command failed

Example:
  ${line("--stack dev --head ../pull-request --output preview.md")}
`;

/** Reports whether a proposed version sends credentials elsewhere. @param readDeployed for tests */
export function destinationsCommand(context: CommandContext, readDeployed: ReadDeployed = readLast): Subcommand {
  const command = createCommand("destinations", context, epilogue).description(
    "Reports whether a pull request changes where credentials go.",
  );
  addStackOptions(command, "to compare")
    .requiredOption("--head <folder>", "folder of the proposed version; --cwd is the trusted one")
    .option("--output <file>", "also write the report to a file");
  return {
    command,
    errorExitCode: 2,
    async run() {
      const { reportDestinations } = await import("../preview/reportDestinations.js");
      return reportDestinations(command.opts<DestinationsOptions>(), context, readDeployed);
    },
  };
}

const readLast: ReadDeployed = async (options) => {
  const { readDeployedConfig, openStack } = await import("../engine/stack.js");
  return readDeployedConfig(await openStack(options));
};
