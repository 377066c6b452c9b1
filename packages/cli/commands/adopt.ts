import { readFile } from "node:fs/promises";
import { Option, type Command } from "commander";
import { parse } from "yaml";
import { dashed, given, type Options } from "../adopt/options";
import type { AdoptContext } from "../adopt/run";
import { createCommand, type CommandContext, type Subcommand } from "../common/command";
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
  ${line("--stack live --print-client-secret", { silent: true })} | pulumi config set --stack live --secret --path oidc.clientSecret
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
      const options = readOptions(command.opts(), context.env);
      const { adopt } = await import("../adopt/run.js");
      await context.terminal.write(await adopt(options, { ...(await open()), env: context.env }));
      return 0;
    },
  };
}

async function openContext(): Promise<Omit<AdoptContext, "env">> {
  const { openGraph } = await import("@smallstep-ssh/usersync/openGraph");
  const { version: usersync } = await import("@smallstep-ssh/usersync/clients");
  const { loginEndpoint } = await import("@smallstep-ssh/stack");
  const azuread = JSON.parse(await readFile(require.resolve("@pulumi/azuread/package.json"), "utf8")) as {
    version: string;
  };
  return {
    openGraph: (tenantId) => openGraph({ tenantId }),
    loginEndpoint: loginEndpoint({}),
    project: await projectName(),
    versions: { azuread: azuread.version, usersync },
  };
}

/** Returns the name of the Pulumi project in the working directory. @throws CliError if there is none */
async function projectName(): Promise<string> {
  try {
    return (parse(await readFile("Pulumi.yaml", "utf8")) as { name: string }).name;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new CliError(["The working directory has no Pulumi.yaml. Run the command in the folder of the project."]);
  }
}

function addOptions(command: Command): Command {
  const repeated = (value: string, earlier: string[] | undefined) => [...(earlier ?? []), value];
  command
    .description(
      "Adopts a manual setup: reads Entra ID, folk and the CA, and writes the stack's configuration and a file for " +
        "`pulumi import`. Reports the differences from what the stack declares, and the effect of the first `up` on each.",
    )
    .requiredOption("--stack <name>", "the stack: Pulumi.<name>.yaml and import.<name>.json are written")
    .option("--output <folder>", "folder for both files", ".")
    .option("--app <name or id>", "the app registration for sign-in", "Smallstep SSH")
    .option("--enterprise-app <name or id>", "the enterprise application for provisioning", "smallstep-usersync")
    .option("--job <id>", "its synchronization job (default: the only one)")
    .option("--group <name or id>", "a group in addition to the assigned ones; repeatable", repeated)
    .option("--provisioner <name>", "the OIDC provisioner (default: the one of the app registration)")
    .option("--domain <name>", "an email domain, if the CA publishes none; repeatable", repeated)
    .option("--ca-root-cert <file>", "PEM file with the root certificate of the CA (default: the public roots)");
  for (const [name, option] of Object.entries(given)) {
    const variable = "env" in option ? ` [${option.env}]` : "";
    command.option(`--${dashed(name)} ${option.takes}`, `${option.description}${variable}`);
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

/** Validates the command line and adds the values of the environment. @throws CliError */
function readOptions(opts: Readonly<Record<string, unknown>>, env: NodeJS.ProcessEnv): Options {
  const text = (name: string) => (typeof opts[name] === "string" ? opts[name] : undefined);
  const stack = text("stack") ?? "";
  // Pulumi's rule for stack names. The name becomes part of file names.
  if (!/^[A-Za-z0-9_.-]{1,100}$/.test(stack)) {
    throw new CliError([`--stack ${stack}: expected letters, digits, ".", "_" and "-".`]);
  }
  const settings = new Map<string, string>();
  for (const [name, option] of Object.entries(given)) {
    const value = text(name) ?? ("env" in option ? env[option.env] : undefined);
    if (value !== undefined && value !== "") settings.set(option.setting, value);
  }
  return {
    stack,
    output: text("output") ?? ".",
    app: text("app") ?? "",
    enterpriseApp: text("enterpriseApp") ?? "",
    job: text("job"),
    groups: (opts["group"] as string[] | undefined) ?? [],
    provisioner: text("provisioner"),
    domains: (opts["domain"] as string[] | undefined) ?? [],
    caRootCert: text("caRootCert"),
    clientSecret: opts["clientSecret"] as Options["clientSecret"],
    keepMappings: opts["keepMappings"] === true,
    printClientSecret: opts["printClientSecret"] === true,
    format: opts["format"] as Options["format"],
    force: opts["force"] === true,
    settings,
  };
}
