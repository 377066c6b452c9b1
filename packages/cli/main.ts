/** The command `smallstep-ssh`. `npm run build` bundles it to dist/main.js, which bin/smallstep-ssh.js starts. */
import { existsSync } from "node:fs";
import path from "node:path";
import { findStaleSource } from "@smallstep-ssh/stack/staleBuild";
import { Command } from "commander";
import { adoptCommand } from "./commands/adopt";
import { destinationsCommand } from "./commands/destinations";
import { driftCommand } from "./commands/drift";
import { mappingCommand } from "./commands/mapping";
import { previewCommentCommand } from "./commands/previewComment";
import { statusCommand } from "./commands/status";
import { usernamesCommand } from "./commands/usernames";
import { parseCommand, runCommand, type CommandContext } from "./common/command";
import { CliError } from "./common/errors";
import { processTerminal } from "./common/terminal";

/** A subcommand per file of commands/. Add a new one here. */
const subcommands = [
  usernamesCommand,
  mappingCommand,
  adoptCommand,
  statusCommand,
  driftCommand,
  previewCommentCommand,
  destinationsCommand,
] as const;

/** Runs the subcommand that the command line names and returns its exit code. */
function run(argv: readonly string[], context: CommandContext): Promise<number> {
  const all = subcommands.map((create) => create(context));
  const [name = "--help", ...rest] = argv;
  const named = all.find(({ command }) => command.name() === name);
  return runCommand(context.terminal, named?.errorExitCode ?? 2, async () => {
    rejectStaleBuild(path.join(__dirname, "../../.."));
    if (named !== undefined) {
      parseCommand(named.command, rest);
      return named.run();
    }
    const program = new Command("smallstep-ssh").description("Commands for SSH login with Entra ID and Smallstep.");
    for (const { command } of all) program.addCommand(command);
    // Commander prints the general help for an unknown subcommand followed by --help.
    const isUnknown = !name.startsWith("-") && name !== "help";
    parseCommand(program, isUnknown ? [name] : [name, ...rest]);
    return 0;
  });
}

/** Rejects a bundle whose sources have changed. An installed package has no sources. @throws CliError */
function rejectStaleBuild(root: string): void {
  if (!existsSync(path.join(root, "packages/cli/main.ts"))) return;
  const changed = findStaleSource(root, "stack/dist/built");
  if (changed === undefined) return;
  throw new CliError([`${changed} has changed since the last build. Run \`npm run build\` (\`npm ci\` runs it too).`]);
}

void run(process.argv.slice(2), { terminal: processTerminal(), env: process.env }).then(
  (code) => (process.exitCode = code),
);
