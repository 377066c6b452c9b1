import { Command, Option } from "commander";
import { parseCommand } from "../common/command";
import { CliError } from "../common/errors";

/** Options for settings that cannot be discovered. `env`: the environment variable used if the option is missing. */
export const given = {
  tenant: { setting: "tenantId", env: "ARM_TENANT_ID", takes: "<id>", description: "the Entra tenant" },
  team: { setting: "smallstep.teamSlug", takes: "<slug>", description: "slug of the team in the folk database" },
  caUrl: { setting: "smallstep.caUrl", takes: "<url>", description: "URL of the SSH CA; /provisioners is read" },
  authorityId: { setting: "smallstep.authorityId", takes: "<id>", description: "id of the team's SSH authority" },
  apiHost: { setting: "smallstep.apiHost", takes: "<host>", description: "host of Smallstep's API" },
  adminToolsImage: {
    setting: "kubernetes.adminToolsImage",
    takes: "<image>",
    description: "the admin-tools container image",
  },
  namespace: {
    setting: "kubernetes.namespace",
    takes: "<name>",
    description: "namespace of the Job (default: smallstep)",
  },
  databaseHost: { setting: "database.host", env: "PGHOST", takes: "<host>", description: "host of the folk database" },
  databasePort: {
    setting: "database.port",
    env: "PGPORT",
    takes: "<port>",
    description: "port of the folk database (default: 5432)",
  },
  databaseName: {
    setting: "database.name",
    env: "PGDATABASE",
    takes: "<name>",
    description: "name of the folk database (default: folk)",
  },
  databaseUsername: {
    setting: "database.username",
    env: "PGUSER",
    takes: "<role>",
    description: "database role for deployments",
  },
  databaseSslmode: {
    setting: "database.sslmode",
    env: "PGSSLMODE",
    takes: "<mode>",
    description: "TLS mode, as in libpq (default: verify-full)",
  },
  databaseSslRootCert: {
    setting: "database.sslRootCert",
    env: "PGSSLROOTCERT",
    takes: "<file>",
    description: "root certificate of the folk database",
  },
  scimBaseUrl: { setting: "scim.baseUrl", takes: "<url>", description: "URL of the SCIM server (default: from Entra)" },
  directoryId: {
    setting: "scim.directoryId",
    takes: "<id>",
    description: "id of the SCIM directory (default: from Entra)",
  },
} as const satisfies Record<string, { setting: string; env?: string; takes: string; description: string }>;
export type GivenName = keyof typeof given;

export interface Options {
  stack: string;
  output: string;
  app: string;
  enterpriseApp: string;
  job: string | undefined;
  groups: readonly string[];
  provisioner: string | undefined;
  /** Email domains, used if the CA publishes none. */
  domains: readonly string[];
  /** PEM file with the root certificate of the CA and the SCIM server. Undefined: the public roots. */
  caRootCert: string | undefined;
  clientSecret: "keep" | "rotate";
  keepMappings: boolean;
  printClientSecret: boolean;
  format: "text" | "json";
  force: boolean;
  /** Values from the command line or the environment, by setting: `database.host`. */
  settings: ReadonlyMap<string, string>;
}

const epilogue = `
Missing options default to the values in Pulumi.<stack>.yaml, if that file exists. The command writes only these two files. It changes
nothing in Entra ID, folk or the CA. It reads the password of folk from PGPASSWORD and writes it nowhere.
It uses the Microsoft Graph credentials of the azuread provider: ARM_CLIENT_ID and ARM_CLIENT_SECRET (or ARM_USE_OIDC, ARM_USE_MSI),
otherwise the Azure CLI's sign-in. Permissions: Application.Read.All, GroupMember.Read.All, Synchronization.Read.All, and
DelegatedPermissionGrant.Read.All to read consent.

Exit codes:
  0  both files are written, or are up to date
  2  a value or an object is invalid, missing or ambiguous; standard error has the reason; nothing is written

Examples:
  npm run adopt -- --stack live
  npm run adopt -- --stack live --app 5b1c...07 --enterprise-app 1f0c...e9 --force
  npm run --silent adopt -- --stack live --print-client-secret | pulumi config set --stack live --secret --path oidc.clientSecret
`;

function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function command(): Command {
  const repeated = (value: string, earlier: string[] | undefined) => [...(earlier ?? []), value];
  const result = new Command("adopt")
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
    result.option(`--${dashed(name)} ${option.takes}`, `${option.description}${variable}`);
  }
  return result
    .addOption(
      new Option("--client-secret <choice>", "keep the client secret, or let the first up create a new one")
        .choices(["keep", "rotate"])
        .default("keep"),
    )
    .option("--keep-mappings", "keep every attribute mapping, not only user names and email", false)
    .option("--print-client-secret", "print the client secret that the CA publishes; write nothing", false)
    .addOption(new Option("--format <format>", "output format").choices(["text", "json"]).default("text"))
    .option("--force", "replace existing settings and files", false)
    .addHelpText("after", epilogue);
}

/** Reads and validates the command line and the environment. @throws HelpRequested, CliError */
export function readOptions(argv: readonly string[], env: NodeJS.ProcessEnv): Options {
  const program = command();
  parseCommand(program, argv);
  const opts = program.opts<Record<string, unknown>>();
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

/** Returns the option that sets a setting, or the setting itself if no option does. */
export function howToGive(setting: string): string {
  const [name] = Object.entries(given).find(([, option]) => option.setting === setting) ?? [];
  return name === undefined ? setting : `--${dashed(name)}`;
}
