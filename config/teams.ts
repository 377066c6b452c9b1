import { ConfigurationError, validateSettings, formatConfigPath, unknownSettingMessage, valueAt } from "./check";
import { findTeamConflicts } from "./clashes";
import { mergeTeamSettings } from "./layOver";
import { teamSections, type Settings } from "./schema";

/** The key of the team whose resources have the names that they have in a stack without `teams`. */
export const defaultTeam = "default";

/** One team of a stack. */
export interface Team {
  /** Its key in `teams`; `default` in a stack without. Part of the names of its resources. */
  key: string;
  /** All of its settings, those of the whole stack among them. */
  settings: Settings;
  /** Where the configuration says a setting: `scim.directoryId` is at `teams.blue.scim.directoryId`, or at the top level. */
  configPath(setting: string): string;
}

/** The checked configuration of a stack. */
export interface StackSettings extends Pick<Settings, "tenantId" | "database" | "checks"> {
  /** At least one. */
  teams: readonly Team[];
  /** Whether the configuration has `teams`: the outputs are by team then. */
  byTeam: boolean;
}

/**
 * Checks the configuration of a whole stack, with one team or with several, and fills in its defaults. What a team does not say
 * is as at the top level; its display names and its provisioner's name then get its key, so that no two are the same.
 * @param input the settings as a plain object, secrets in clear: no error text holds a secret's value
 * @throws ConfigurationError with everything that is wrong, each under the key at which it is said
 */
export function checkStack(input: unknown): StackSettings {
  const { teams: given, ...top } = isMap(input) ? input : ({} as Record<string, unknown>);
  const problems: string[] = [];
  const overrides = given === undefined ? { [defaultTeam]: {} } : checkTeams(given, problems);
  const teams: Team[] = [];
  for (const [key, override] of Object.entries(overrides)) {
    const keyAt = (path: readonly PropertyKey[]): string =>
      formatConfigPath([...configPathPrefix(key, override, top, path), ...path]);
    const found = validateSettings(
      given === undefined && !isMap(input) ? input : mergeTeamSettings(top, override),
      keyAt,
    );
    if (Array.isArray(found)) problems.push(...found);
    else
      teams.push({
        key,
        settings: withUniqueNames(key, override, found),
        configPath: (setting) => keyAt(setting.split(".")),
      });
  }
  if (problems.length === 0) problems.push(...findTeamConflicts(teams));
  if (problems.length > 0) throw new ConfigurationError([...new Set(problems)].sort());
  const { tenantId, database, checks } = teams[0]!.settings;
  return { tenantId, database, checks, teams, byTeam: given !== undefined };
}

type Override = Record<string, unknown>;

/** The entries of `teams` that are of the right form; what is wrong with the others goes to `problems`. */
function checkTeams(given: unknown, problems: string[]): Record<string, Override> {
  if (!isMap(given)) {
    problems.push('teams: must be an object of teams by key, e.g. { "blue": { "smallstep": { "teamSlug": "blue" } } }');
    return {};
  }
  if (Object.keys(given).length === 0) problems.push("teams: is empty; give at least one team, or leave it out");
  const validOverrides: Record<string, Override> = {};
  for (const [key, override] of Object.entries(given)) {
    const at = formatConfigPath(["teams", key]);
    if (!/^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/.test(key)) {
      problems.push(`${at}: is not a key of a team (at most 20 small letters, digits and -, a letter first)`);
    } else if (!isMap(override)) problems.push(`${at}: must be an object of settings; {} for those of the top level`);
    else {
      const foreign = Object.keys(override).filter((name) => !teamSections.some((section) => section === name));
      problems.push(...foreign.map((name) => notATeamSettingMessage(formatConfigPath(["teams", key, name]), name)));
      validOverrides[key] = Object.fromEntries(Object.entries(override).filter(([name]) => !foreign.includes(name)));
    }
  }
  return validOverrides;
}

function notATeamSettingMessage(key: string, name: string): string {
  if (["tenantId", "database", "checks"].includes(name))
    return `${key}: applies to the whole stack; set it at the top level`;
  return unknownSettingMessage(key, name, teamSections);
}

/** In front of a path: where its value is said, and for one that is said nowhere, where it belongs. */
function configPathPrefix(key: string, override: Override, top: Override, path: readonly PropertyKey[]): PropertyKey[] {
  const own = teamSections.some((section) => section === path[0]);
  const inherited = valueAt(override, path) === undefined && valueAt(top, path) !== undefined;
  const alone = key === defaultTeam && Object.keys(override).length === 0;
  return own && !inherited && !alone ? ["teams", key] : [];
}

/** Names that no two teams may share, made different by the team's key where the team says none. */
function withUniqueNames(key: string, override: Override, settings: Settings): Settings {
  if (key === defaultTeam) return settings;
  const { oidc, scim } = settings;
  const says = (...path: string[]) => valueAt(override, path) !== undefined;
  return {
    ...settings,
    oidc: {
      ...oidc,
      displayName: says("oidc", "displayName") ? oidc.displayName : `${oidc.displayName} (${key})`,
      provisionerName: says("oidc", "provisionerName") ? oidc.provisionerName : `${oidc.provisionerName}-${key}`,
    },
    scim: { ...scim, displayName: says("scim", "displayName") ? scim.displayName : `${scim.displayName} (${key})` },
  };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
