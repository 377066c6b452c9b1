import { checkStack, ConfigurationError, type Settings } from "@smallstep-ssh/stack";
import { CliError } from "../common/errors";
import { readIfExists } from "../common/files";
import { dashed, given, type Options } from "./options";
import type { Plan } from "./plan";
import { at, put, type Tree } from "./stackFile";

const options = Object.entries(given) as [keyof typeof given, (typeof given)[keyof typeof given]][];

/**
 * Merges the settings of the command line and the environment over those of the stack's file.
 * @throws CliError if the root certificate cannot be read
 */
export async function givenSettings(inFile: Tree, chosen: Options, env: NodeJS.ProcessEnv): Promise<Tree> {
  const settings = structuredClone(inFile);
  for (const [name, [setting, , , variable]] of options) {
    const value = chosen[name] || (variable === undefined ? "" : env[variable]);
    if (value) put(settings, setting.split("."), setting === "database.port" ? Number(value) : value);
  }
  if (chosen.caRootCert !== undefined) {
    const pem = await readIfExists(chosen.caRootCert);
    if (pem === undefined) throw new CliError([`--ca-root-cert ${chosen.caRootCert}: the file does not exist.`]);
    put(settings, ["smallstep", "caRootCert"], pem);
  }
  return settings;
}

/** Values for settings that the setup determines. They have the right form, and no setup has them. */
const discovered = {
  groups: [{ create: "discovered" }],
  oidc: { emailDomains: ["discovered.invalid"] },
  scim: { baseUrl: "https://discovered.invalid", directoryId: "00000000-0000-0000-0000-000000000000" },
  database: { password: "set later" },
};

/** Returns the settings, with values for those that the setup determines and for the password, which is no part of the file. */
export function withDiscoverable(settings: Tree, password = discovered.database.password): Tree {
  const { groups, oidc, scim } = discovered;
  const section = (name: string, defaults: Tree) => ({ ...defaults, ...Object(settings[name] ?? {}) });
  return {
    ...{ groups, ...settings },
    oidc: section("oidc", oidc),
    scim: section("scim", scim),
    database: { ...section("database", {}), password },
  };
}

/** Merges the discovered settings over the given ones, section by section. */
export function wholeSettings({ settings }: Plan, before: Tree, chosen: Options): Tree {
  const address = {
    // An option wins over the address in Entra, which can be masked.
    baseUrl: chosen.scimBaseUrl ?? settings.scim["baseUrl"] ?? at(before, ["scim", "baseUrl"]),
    directoryId: chosen.directoryId ?? settings.scim["directoryId"] ?? at(before, ["scim", "directoryId"]),
  };
  const { emailDomains: published } = settings.oidc;
  const isRestricted = Array.isArray(published) && published.length > 0;
  const emailDomains = isRestricted ? published : (chosen.domain ?? at(before, ["oidc", "emailDomains"]));
  return { ...before, ...settings, oidc: { ...settings.oidc, emailDomains }, scim: { ...settings.scim, ...address } };
}

/**
 * Validates the configuration of a stack with one team.
 * @param further problems to report with those of the configuration
 * @throws CliError that lists every problem, with the option that fixes it
 */
export function check(settings: Tree, stack: string, further: readonly string[] = []): Settings {
  let problems: readonly string[] = [];
  try {
    const [team] = checkStack(settings).teams;
    if (team !== undefined && further.length === 0) return team.settings;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    ({ problems } = error);
  }
  throw new CliError([...problems.map((problem) => `${problem}. ${remedy(problem, stack)}`), ...further]);
}

function remedy(problem: string, stack: string): string {
  const setting = problem.split(":", 1)[0] ?? "";
  const [name] = options.find(([, [own]]) => own === setting) ?? [];
  const option = setting === "oidc.emailDomains" ? "domain" : name;
  return option === undefined
    ? `Set it in Pulumi.${stack}.yaml.`
    : `Give --${dashed(option)}, or set it in Pulumi.${stack}.yaml.`;
}
