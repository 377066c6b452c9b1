import { readFile } from "node:fs/promises";
import { Option, type Command } from "commander";
import * as z from "zod";
import { dashed, given, type Options } from "../adopt/options";
import type { AdoptContext } from "../adopt/run";
import { createCommand, repeated, type CommandContext, type Subcommand } from "../common/command";
import type { CommandLine } from "../common/commandLine";
import { CliError } from "../common/errors";

const epilogue = (line: CommandLine) => `
Missing options default to the values in Pulumi.<stack>.yaml, if that file exists. The command writes only these two files. It changes
nothing in Entra ID, folk or the CA. It reads the password of folk from PGPASSWORD and writes it nowhere.
It uses the Microsoft Graph credentials of the azuread provider: ARM_CLIENT_ID and ARM_CLIENT_SECRET (or ARM_USE_OIDC, ARM_USE_MSI),
otherwise the Azure CLI's sign-in. Permissions: Application.Read.All, GroupMember.Read.All, Synchronization.Read.All, and
DelegatedPermissionGrant.Read.All to read consent.

Exit codes:
  0  both files are written, or are up to date
  2  a value or an object is invalid, missing or ambiguous; standard error has the reason; nothing is written

Examples:
  ${line("--stack live")}
  ${line("--stack live --app 5b1c...07 --enterprise-app 1f0c...e9 --force")}
  secret="$(${line("--stack live --print-client-secret", { silent: true })})" &&
    printf %s "$secret" | pulumi config set --stack live --secret --path oidc.clientSecret
`;

/** Adopts a manual setup: writes the stack's configuration and a file for `pulumi import`. @param open for tests */
export function adoptCommand(
  context: CommandContext,
  open: () => Promise<Omit<AdoptContext, "env">> = openContext,
): Subcommand {
  const command = addOptions(createCommand("adopt", context, epilogue));
  return {
    command,
    errorExitCode: 2,
    async run() {
      const options = command.opts<Options>();
      const { adopt } = await import("../adopt/run.js");
      await context.terminal.write(await adopt(options, { ...(await open()), env: context.env }));
      return 0;
    },
  };
}

const versioned = z.object({ version: z.string() });

async function openContext(): Promise<Omit<AdoptContext, "env">> {
  const { openGraph } = await import("@smallstep-ssh/usersync/openGraph");
  const { version: usersync } = await import("@smallstep-ssh/usersync/clients");
  const { loginEndpoint } = await import("@smallstep-ssh/stack");
  const { projectName } = await import("../adopt/stackFile.js");
  const { readIfExists } = await import("../common/files.js");
  const project = await readIfExists("Pulumi.yaml");
  if (project === undefined)
    throw new CliError(["The working directory has no Pulumi.yaml. Run the command in the folder of the project."]);
  const azuread = await readFile(require.resolve("@pulumi/azuread/package.json"), "utf8");
  return {
    openGraph: (tenantId) => openGraph({ tenantId }),
    loginEndpoint: loginEndpoint({}),
    project: projectName(project),
    versions: { azuread: versioned.parse(JSON.parse(azuread)).version, usersync },
  };
}

function addOptions(command: Command): Command {
  command
    .description(
      "Adopts a manual setup: reads Entra ID, folk and the CA, and writes the stack's configuration and a file for " +
        "`pulumi import`. Reports the differences from what the stack declares, and the effect of the first `up` on each.",
    )
    .option("--stack <name>", "the stack (required): Pulumi.<name>.yaml and import.<name>.json are written")
    .option("--output <folder>", "folder for both files", ".")
    .option("--app <name or id>", "the app registration for sign-in (default: Smallstep SSH)")
    .option(
      "--enterprise-app <name or id>",
      "the enterprise application for provisioning (default: smallstep-usersync)",
    )
    .option("--job <id>", "its synchronization job (default: the only one)")
    .option("--group <name or id>", "a group in addition to the assigned ones; repeatable", repeated)
    .option("--provisioner <name>", "the OIDC provisioner (default: the one of the app registration)")
    .option("--domain <name>", "an email domain, if the CA publishes none; repeatable", repeated)
    .option("--ca-root-cert <file>", "PEM file with the root certificate of the CA (default: the public roots)");
  for (const [name, [, takes, description, variable]] of Object.entries(given)) {
    command.option(`--${dashed(name)} ${takes}`, variable === undefined ? description : `${description} [${variable}]`);
  }
  return command
    .addOption(
      new Option("--client-secret <choice>", "keep the client secret, or let the first up create a new one")
        .choices(["keep", "rotate"])
        .default("keep"),
    )
    .option("--keep-mappings", "keep every attribute mapping, not only user names and email", false)
    .option("--print-client-secret", "print the client secret that the CA publishes; write nothing", false)
    .addOption(new Option("--format <format>", "output format").choices(["text", "json"]).default("text"))
    .option("--force", "replace existing settings and files", false);
}
