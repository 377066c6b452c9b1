import { checkStack, ConfigurationError } from "../../config";
import { sslmodes, type DatabaseSettings } from "../../provider/folk";
import { CliError } from "../common/errors";
import { readIfExists } from "./files";
import { howToGive, type Options } from "./options";
import type { Plan } from "./plan";

/** Settings as they are nested in the stack's file. */
export type Tree = Record<string, unknown>;

/** The settings of the stack's file with those of the command line over them. */
export async function givenSettings(options: Options, inFile: Tree): Promise<Tree> {
  const settings = structuredClone(inFile);
  for (const [setting, value] of options.settings)
    put(settings, setting, setting === "database.port" ? Number(value) : value);
  if (options.caRootCert !== undefined) {
    const pem = await readIfExists(options.caRootCert);
    if (pem === undefined) throw new CliError([`--ca-root-cert ${options.caRootCert}: there is no such file.`]);
    put(settings, "smallstep.caRootCert", pem);
  }
  return settings;
}

/** What was found, and what was given where nothing can be found: section by section. */
export function wholeSettings({ settings }: Plan, given: Tree, { domains, settings: options }: Options): Tree {
  const scim = { ...settings.scim };
  for (const name of ["baseUrl", "directoryId"]) {
    // An address that Entra does not show, or that a person knows better.
    const value = options.get(`scim.${name}`) ?? scim[name] ?? optional(given, `scim.${name}`);
    if (value !== undefined) scim[name] = value;
  }
  const oidc = { ...settings.oidc };
  const known = Array.isArray(oidc["emailDomains"]) && oidc["emailDomains"].length > 0;
  if (!known) oidc["emailDomains"] = domains.length > 0 ? [...domains] : at(given, "oidc.emailDomains");
  return { ...given, ...settings, oidc, scim };
}

/** @throws CliError with all that the configuration lacks, by the option that gives it */
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

/** @throws CliError naming the option of each setting that is missing */
export function required(settings: Tree, names: readonly string[]): void {
  const missing = names.filter((name) => optional(settings, name) === undefined);
  if (missing.length === 0) return;
  throw new CliError(missing.map((name) => `${howToGive(name)}: is missing; it gives the setting ${name}.`));
}

/** How to reach `folk`. @throws CliError */
export async function databaseSettings(settings: Tree, password: string): Promise<DatabaseSettings> {
  const sslmode = optional(settings, "database.sslmode") ?? "verify-full";
  const known = sslmodes.find((mode) => mode === sslmode);
  if (known === undefined)
    throw new CliError([`--database-sslmode ${sslmode}: expected one of ${sslmodes.join(", ")}.`]);
  const file = optional(settings, "database.sslRootCert");
  const rootCert = file === undefined ? undefined : await readIfExists(file);
  if (file !== undefined && rootCert === undefined) {
    throw new CliError([`--database-ssl-root-cert ${file}: there is no such file.`]);
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

/** A setting's text; undefined when there is none: `database.host`. */
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
