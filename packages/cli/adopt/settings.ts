import { checkStack, ConfigurationError } from "@smallstep-ssh/stack";
import { sslmodes, type DatabaseSettings } from "@smallstep-ssh/usersync/clients";
import { CliError } from "../common/errors";
import { readIfExists } from "./files";
import { howToGive, type Options } from "./options";
import type { Plan } from "./plan";

/** Settings, nested as in the stack's file. */
export type Tree = Record<string, unknown>;

/** Merges the settings of the command line over those of the stack's file. @throws CliError if the root certificate cannot be read */
export async function givenSettings(options: Options, inFile: Tree): Promise<Tree> {
  const settings = structuredClone(inFile);
  for (const [setting, value] of options.settings)
    put(settings, setting, setting === "database.port" ? Number(value) : value);
  if (options.caRootCert !== undefined) {
    const pem = await readIfExists(options.caRootCert);
    if (pem === undefined) throw new CliError([`--ca-root-cert ${options.caRootCert}: the file does not exist.`]);
    put(settings, "smallstep.caRootCert", pem);
  }
  return settings;
}

/** Merges the discovered settings over the given ones, section by section. */
export function wholeSettings({ settings }: Plan, given: Tree, { domains, settings: options }: Options): Tree {
  const scim = { ...settings.scim };
  for (const name of ["baseUrl", "directoryId"]) {
    // An option wins over the address in Entra, which can be masked.
    const value = options.get(`scim.${name}`) ?? scim[name] ?? optional(given, `scim.${name}`);
    if (value !== undefined) scim[name] = value;
  }
  const oidc = { ...settings.oidc };
  const known = Array.isArray(oidc["emailDomains"]) && oidc["emailDomains"].length > 0;
  if (!known) oidc["emailDomains"] = domains.length > 0 ? [...domains] : at(given, "oidc.emailDomains");
  return { ...given, ...settings, oidc, scim };
}

/** Validates the configuration. @throws CliError that lists every problem, with the option that fixes it */
export function check(sections: Tree, stack: string): void {
  const withSecrets = structuredClone(sections);
  put(withSecrets, "database.password", "set later");
  try {
    checkStack(withSecrets);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new CliError(
      error.problems.map((problem) => {
        const setting = problem.split(":", 1)[0] ?? "";
        return `${problem}. Give ${howToGive(setting)}, or set it in Pulumi.${stack}.yaml.`;
      }),
    );
  }
}

/** Requires settings. @throws CliError that names the option of each missing setting */
export function required(settings: Tree, names: readonly string[]): void {
  const missing = names.filter((name) => optional(settings, name) === undefined);
  if (missing.length === 0) return;
  throw new CliError(missing.map((name) => `${howToGive(name)}: is missing; it is required for the setting ${name}.`));
}

/** Returns the connection settings of the folk database. @throws CliError if the TLS mode or the root certificate is invalid */
export async function databaseSettings(settings: Tree, password: string): Promise<DatabaseSettings> {
  const sslmode = optional(settings, "database.sslmode") ?? "verify-full";
  const known = sslmodes.find((mode) => mode === sslmode);
  if (known === undefined)
    throw new CliError([`--database-sslmode ${sslmode}: expected one of ${sslmodes.join(", ")}.`]);
  const file = optional(settings, "database.sslRootCert");
  const rootCert = file === undefined ? undefined : await readIfExists(file);
  if (file !== undefined && rootCert === undefined) {
    throw new CliError([`--database-ssl-root-cert ${file}: the file does not exist.`]);
  }
  return {
    host: text(settings, "database.host"),
    port: Number(at(settings, "database.port") ?? 5432),
    name: optional(settings, "database.name") ?? "folk",
    username: text(settings, "database.username"),
    password,
    sslmode: known,
    ...(rootCert === undefined ? {} : { rootCert }),
  };
}

function at(tree: Tree, setting: string): unknown {
  let value: unknown = tree;
  for (const key of setting.split(".")) value = (value as Tree | undefined)?.[key];
  return value;
}

/** Returns the text of a setting, such as `database.host`. Undefined: it is missing, empty or not a string. */
export function optional(tree: Tree, setting: string): string | undefined {
  const value = at(tree, setting);
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function text(tree: Tree, setting: string): string {
  return optional(tree, setting) ?? "";
}

function put(tree: Tree, setting: string, value: unknown): void {
  const keys = setting.split(".");
  const last = keys.pop() ?? "";
  let target = tree;
  for (const key of keys) target = (target[key] ??= {}) as Tree;
  target[last] = value;
}
