import { Command, Option } from "commander";
import { parseCommand } from "../common/command";
import { CliError } from "../common/errors";

export interface StatusOptions {
  stack: string;
  cwd: string;
  format: "table" | "json";
  warnDays: number;
  list: number;
  watch: boolean;
  /** Time between two polls, in seconds. */
  interval: number;
}

const epilogue = `
The command reads settings and ids from the stack's configuration and outputs, and changes nothing. It uses the Microsoft Graph
credentials of the azuread provider (ARM_*, otherwise the Azure CLI's sign-in). Permissions: Synchronization.Read.All,
Application.Read.All, and ProvisioningLog.Read.All (or AuditLog.Read.All) for failures. Without the last one, it skips failures.

Exit codes, the same as those of monitoring plugins:
  0  healthy
  1  warning: a secret expires soon, users could not be provisioned, no recent cycle, or the first cycle has not ended
  2  critical: quarantine, paused, the last cycle failed, the wrong directory, no provisioner, an expired secret
  3  unknown: a check failed, or the command line is invalid

Examples:
  npm run status -- --stack prod
  npm run --silent status -- --stack prod --format json
  npm run status -- --stack dev --watch        until the first cycle has ended and the team is switched
`;

/** Reads and validates the command line. @throws HelpRequested, CliError that lists every invalid option */
export function readOptions(argv: readonly string[]): StatusOptions {
  const program = new Command("npm run status --")
    .description(
      "Reports whether provisioning and login of a deployed stack are healthy: job, last cycle, failures, team, CA, secrets.",
    )
    .requiredOption("--stack <name>", "the stack to check")
    .option("--cwd <folder>", "folder with Pulumi.yaml", ".")
    .addOption(new Option("--format <format>", "output format").choices(["table", "json"]).default("table"))
    .option("--warn-days <number>", "warn about a secret this many days before it expires", Number, 30)
    .option("--list <number>", "maximum number of failures listed in the table", Number, 20)
    .option("--watch", "poll until the deployment has settled", false)
    .option("--interval <seconds>", "time between two polls of --watch", Number, 30)
    .addHelpText("after", epilogue);
  parseCommand(program, argv);
  const options = program.opts<StatusOptions>();
  const wrong = [
    ["--warn-days", options.warnDays, 0] as const,
    ["--list", options.list, 0] as const,
    ["--interval", options.interval, 1] as const,
  ].filter(([, value, least]) => !(Number.isInteger(value) && value >= least));
  if (wrong.length > 0)
    throw new CliError(wrong.map(([name, , least]) => `${name}: expected a whole number of at least ${least}.`));
  return options;
}
