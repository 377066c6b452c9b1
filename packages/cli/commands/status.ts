import { setTimeout } from "node:timers/promises";
import { Option } from "commander";
import {
  addStackOptions,
  checkNumbers,
  createCommand,
  number,
  type CommandContext,
  type Subcommand,
} from "../common/command";
import type { CommandLine } from "../common/commandLine";
import type { Open, StatusOptions } from "../status/types";

const epilogue = (line: CommandLine) => `
The command reads settings and ids from the stack's configuration and outputs, and changes nothing. It uses the Microsoft Graph
credentials of the azuread provider (ARM_*, otherwise the Azure CLI's sign-in). Permissions: Synchronization.Read.All,
Application.Read.All, and ProvisioningLog.Read.All (or AuditLog.Read.All) for failures. Without the last one, it skips failures.
It reads the registration Job with kubectl, if it is installed.

Exit codes, the same as those of monitoring plugins:
  0  healthy
  1  warning: a secret expires soon, users could not be provisioned, no recent cycle, or the first cycle has not ended
  2  critical: quarantine, paused, the last cycle failed, the wrong directory, no provisioner, a failed Job, an expired secret
  3  unknown: a check failed, or the command line is invalid

Examples:
  ${line("--stack prod")}
  ${line("--stack prod --format json", { silent: true })}
  ${line("--stack dev --watch")}        until the first cycle has ended and the team is switched
`;

/** Reports whether a deployed stack is healthy. @param open @param pause for tests */
export function statusCommand(
  context: CommandContext,
  open: Open = openDeployed,
  pause = (seconds: number): Promise<void> => setTimeout(seconds * 1000),
): Subcommand {
  const command = createCommand("status", context, epilogue).description(
    "Reports whether provisioning and login of a deployed stack are healthy: job, last cycle, failures, team, CA, secrets.",
  );
  addStackOptions(command, "to check")
    .addOption(new Option("--format <format>", "output format").choices(["table", "json"]).default("table"))
    .option("--warn-days <number>", "warn about a secret this many days before it expires", number, 30)
    .option("--list <number>", "maximum number of failures listed in the table", number, 20)
    .option("--watch", "poll until the deployment has settled", false)
    .option("--interval <seconds>", "time between two polls of --watch", number, 30);
  return {
    command,
    errorExitCode: 3,
    async run() {
      checkNumbers(command, { warnDays: 0, list: 0, interval: 1 });
      const { reportStatus } = await import("../status/run.js");
      return reportStatus(command.opts<StatusOptions>(), context.terminal, open, pause);
    },
  };
}

const openDeployed: Open = async (options) => (await import("../status/deployed.js")).openDeployed(options);
