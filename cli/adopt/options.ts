import { Command, Option } from "commander";
import { parseCommand } from "../common/command";
import { CliError } from "../common/errors";

/** Settings that cannot be read from anywhere, by option; `env`: libpq's variable that stands in for it. */
export const given = {
  tenant: { setting: "tenantId", env: "ARM_TENANT_ID", takes: "<id>", description: "the Entra tenant" },
  team: { setting: "smallstep.teamSlug", takes: "<slug>", description: "the team in folk" },
  caUrl: { setting: "smallstep.caUrl", takes: "<url>", description: "the SSH CA, whose /provisioners is read" },
  authorityId: { setting: "smallstep.authorityId", takes: "<id>", description: "the team's SSH authority" },
  apiHost: { setting: "smallstep.apiHost", takes: "<host>", description: "host of Smallstep's API" },
  adminToolsImage: { setting: "kubernetes.adminToolsImage", takes: "<image>", description: "the admin-tools image" },
  namespace: {
    setting: "kubernetes.namespace",
    takes: "<name>",
    description: "namespace for the Job (default: smallstep)",
  },
  databaseHost: { setting: "database.host", env: "PGHOST", takes: "<host>", description: "host of the folk database" },
  databasePort: { setting: "database.port", env: "PGPORT", takes: "<port>", description: "its port (default: 5432)" },
  databaseName: {
    setting: "database.name",
    env: "PGDATABASE",
    takes: "<name>",
    description: "its name (default: folk)",
  },
  databaseUsername: {
    setting: "database.username",
    env: "PGUSER",
    takes: "<role>",
    description: "the role that deploys",
  },
  databaseSslmode: {
    setting: "database.sslmode",
    env: "PGSSLMODE",
    takes: "<mode>",
    description: "as libpq's (default: verify-full)",
  },
  databaseSslRootCert: {
    setting: "database.sslRootCert",
    env: "PGSSLROOTCERT",
    takes: "<file>",
    description: "root that vouches for it",
  },
  scimBaseUrl: { setting: "scim.baseUrl", takes: "<url>", description: "SCIM server (default: as Entra says)" },
  directoryId: { setting: "scim.directoryId", takes: "<id>", description: "SCIM directory (default: as Entra says)" },
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
  /** Email domains, where the CA names none. */
  domains: readonly string[];
  /** PEM file of the root that vouches for CA and SCIM server. */
  caRootCert: string | undefined;
  clientSecret: "keep" | "rotate";
  keepMappings: boolean;
  printClientSecret: boolean;
  format: "text" | "json";
  force: boolean;
  /** What was given on the command line or in the environment, by setting: `database.host`. */
  settings: ReadonlyMap<string, string>;
}

const epilogue = `
What options do not say is taken from Pulumi.<stack>.yaml, where that is there. Nothing but these two files is written, and nothing
is changed in Entra ID, folk or the CA. The password of folk comes from PGPASSWORD; it is not written anywhere.
Credentials of Microsoft Graph are those of the azuread provider: ARM_CLIENT_ID and ARM_CLIENT_SECRET (or ARM_USE_OIDC, ARM_USE_MSI),
else the Azure CLI's sign-in. Needed: Application.Read.All, GroupMember.Read.All, Synchronization.Read.All, and
DelegatedPermissionGrant.Read.All to see consent.

Exit codes:
  0  both files are written, or were there already
  2  something was wrong, missing or not the only one of its name, as standard error says; nothing is written

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
      "Takes a set-up over that was made by hand: reads Entra ID, folk and the CA, and writes the stack's configuration and a " +
        "file for `pulumi import`. Says what differs from what the stack declares, and what the first `up` will do about it.",
    )
    .requiredOption("--stack <name>", "the stack: Pulumi.<name>.yaml and import.<name>.json are written")
    .option("--output <folder>", "where to", ".")
    .option("--app <name or id>", "the app registration with which people sign in", "Smallstep SSH")
    .option("--enterprise-app <name or id>", "the enterprise application that provisions", "smallstep-usersync")
    .option("--job <id>", "its synchronization job (default: the only one)")
    .option("--group <name or id>", "a group besides those that are assigned; may be repeated", repeated)
    .option("--provisioner <name>", "the OIDC provisioner (default: the one of the app registration)")
    .option("--domain <name>", "an email domain, if the CA names none; may be repeated", repeated)
    .option("--ca-root-cert <file>", "PEM of the root that vouches for the CA (default: the public roots)");
  for (const [name, option] of Object.entries(given)) {
    const variable = "env" in option ? ` [${option.env}]` : "";
    result.option(`--${dashed(name)} ${option.takes}`, `${option.description}${variable}`);
  }
  return result
    .addOption(
      new Option("--client-secret <choice>", "keep the client secret by value, or let the first up make another")
        .choices(["keep", "rotate"])
        .default("keep"),
    )
    .option("--keep-mappings", "take every attribute mapping over, not only names and email", false)
    .option("--print-client-secret", "print the client secret that the CA publishes, and do nothing else", false)
    .addOption(new Option("--format <format>", "output format").choices(["text", "json"]).default("text"))
    .option("--force", "change settings and files that are there already", false)
    .addHelpText("after", epilogue);
}

/** The command line, checked. @throws HelpRequested, CliError with all that is wrong. */
export function readOptions(argv: readonly string[], env: NodeJS.ProcessEnv): Options {
  const program = command();
  parseCommand(program, argv);
  const opts = program.opts<Record<string, unknown>>();
  const text = (name: string) => (typeof opts[name] === "string" ? opts[name] : undefined);
  const stack = text("stack") ?? "";
  // As Pulumi takes it; it becomes part of file names.
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

/** How a missing setting is given, in words. */
export function howToGive(setting: string): string {
  const [name] = Object.entries(given).find(([, option]) => option.setting === setting) ?? [];
  return name === undefined ? setting : `--${dashed(name)}`;
}
