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
  /** Seconds. */
  interval: number;
}

const epilogue = `
Settings and ids are those of the stack: its configuration and its outputs. Nothing is changed. Credentials of Microsoft Graph are
those of the azuread provider (ARM_*, else the Azure CLI's sign-in). Permissions: Synchronization.Read.All, Application.Read.All, and
ProvisioningLog.Read.All (or AuditLog.Read.All) for who could not be provisioned; without that one, the rest is told.

Exit codes, as monitoring plugins have them:
  0  healthy
  1  warning: a secret ends soon, people could not be provisioned, no cycle for long, or the first cycle is not through yet
  2  critical: quarantine, paused, the last cycle failed, the wrong directory, no provisioner, an expired secret
  3  unknown: something could not be looked at, or the command line was wrong

Examples:
  npm run status -- --stack prod
  npm run --silent status -- --stack prod --format json
  npm run status -- --stack dev --watch        until the first cycle is through and the team is switched
`;

/** @throws HelpRequested, CliError with all that is wrong */
export function readOptions(argv: readonly string[]): StatusOptions {
  const program = new Command("npm run status --")
    .description(
      "Whether provisioning and login of a deployed stack are healthy: job, last cycle, failures, team, CA, secrets.",
    )
    .requiredOption("--stack <name>", "the stack to look at")
    .option("--cwd <folder>", "folder with Pulumi.yaml", ".")
    .addOption(new Option("--format <format>", "how to show it").choices(["table", "json"]).default("table"))
    .option("--warn-days <number>", "days before its end from which a secret is warned of", Number, 30)
    .option("--list <number>", "failures listed in the table", Number, 20)
    .option("--watch", "poll until the deployment has settled", false)
    .option("--interval <seconds>", "time between two looks of --watch", Number, 30)
    .addHelpText("after", epilogue);
  parseCommand(program, argv);
  const options = program.opts<StatusOptions>();
  const wrong = [
    ["--warn-days", options.warnDays, 0] as const,
    ["--list", options.list, 0] as const,
    ["--interval", options.interval, 1] as const,
  ].filter(([, value, least]) => !(Number.isInteger(value) && value >= least));
  if (wrong.length > 0)
    throw new CliError(wrong.map(([name, , least]) => `${name}: expected a whole number from ${least}.`));
  return options;
}
