import { type AccessGroup, groupKey } from "@smallstep-ssh/components";
import { isMap, mergeTeamSettings } from "./mergeTeamSettings";
import { ConfigurationError, formatConfigPath } from "./problems";
import { stackSections, teamSections, type Settings, type Team } from "./schema";
import { findTeamConflicts } from "./teamConflicts";
import { unknownSettingMessage, validateSettings, valueAt } from "./validate";

/**
 * The key of the team whose resources keep the names that they have in a stack without `teams`. A top level that sets
 * `smallstep.teamSlug` is this team, so that the first team stays when `teams` adds others.
 */
export const defaultTeam = "default";

/** The validated configuration of a stack. */
export interface StackSettings extends Pick<Settings, "tenantId" | "database" | "checks"> {
  /** At least one. */
  teams: readonly Team[];
  /** The groups of all teams, each once. */
  groups: readonly AccessGroup[];
  /** Whether `teams` has an entry. If so, the outputs are grouped by team. */
  byTeam: boolean;
}

/**
 * Validates the configuration of a whole stack, with one team or with several, and fills in the defaults. A team inherits what it
 * does not set from the top level. Inherited display names and provisioner names get the team's key, so that they stay unique.
 * @param input the settings as a plain object with secrets in plain text; no error message holds a secret's value
 * @param others problems of other settings, which are reported together with those of `input`
 * @throws ConfigurationError with every problem, each under the path at which the value is set
 */
export function checkStack(input: unknown, others: readonly string[] = []): StackSettings {
  const { teams: given, ...top }: Override = isMap(input) ? input : {};
  const problems = [...others];
  const hasTop = given === undefined || valueAt(top, ["smallstep", "teamSlug"]) !== undefined;
  const overrides = {
    ...(hasTop ? { [defaultTeam]: {} } : {}),
    ...checkTeams(given === undefined ? {} : given, problems),
  };
  if (problems.length === others.length && Object.keys(overrides).length === 0) {
    problems.push("teams: is empty; define at least one team, or set smallstep.teamSlug at the top level");
  }
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
  const [first] = teams;
  if (problems.length > 0 || first === undefined) throw new ConfigurationError([...new Set(problems)].sort());
  const { tenantId, database, checks } = first.settings;
  const all = teams.flatMap(({ settings }) => settings.groups);
  const groups = [...new Map(all.map((group) => [groupKey(group).toLowerCase(), group])).values()];
  return { tenantId, database, checks, teams, groups, byTeam: isMap(given) && Object.keys(given).length > 0 };
}

type Override = Record<string, unknown>;

/** Returns the valid entries of `teams` and appends the problems of the others to `problems`. */
function checkTeams(given: unknown, problems: string[]): Record<string, Override> {
  if (!isMap(given)) {
    problems.push('teams: must be an object of teams by key, e.g. { "blue": { "smallstep": { "teamSlug": "blue" } } }');
    return {};
  }
  const validOverrides: Record<string, Override> = {};
  for (const [key, override] of Object.entries(given)) {
    const at = formatConfigPath(["teams", key]);
    if (!/^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/.test(key)) {
      problems.push(
        `${at}: is not a valid team key (at most 20 lowercase letters, digits and -, starting with a letter)`,
      );
    } else if (!isMap(override))
      problems.push(`${at}: must be an object of settings; set them with \`pulumi config set --path ${at}.KEY VALUE\``);
    else {
      const foreign = Object.keys(override).filter((name) => !teamSections.includes(name));
      problems.push(...foreign.map((name) => notATeamSettingMessage(formatConfigPath(["teams", key, name]), name)));
      validOverrides[key] = Object.fromEntries(Object.entries(override).filter(([name]) => !foreign.includes(name)));
    }
  }
  return validOverrides;
}

function notATeamSettingMessage(key: string, name: string): string {
  if (stackSections.includes(name)) return `${key}: applies to the whole stack; set it at the top level`;
  return unknownSettingMessage(key, name, teamSections);
}

/** Returns the prefix of a path: the place where its value is set, or, for a missing value, where to set it. */
function configPathPrefix(key: string, override: Override, top: Override, path: readonly PropertyKey[]): PropertyKey[] {
  const own = teamSections.includes(String(path[0]));
  const inherited = valueAt(override, path) === undefined && valueAt(top, path) !== undefined;
  const alone = key === defaultTeam && Object.keys(override).length === 0;
  return own && !inherited && !alone ? ["teams", key] : [];
}

/** Appends the team's key to names that must be unique, unless the team sets them itself. */
function withUniqueNames(key: string, override: Override, settings: Settings): Settings {
  if (key === defaultTeam) return settings;
  const { oidc, scim } = settings;
  const unique = (name: string, path: string[], suffix: string) =>
    valueAt(override, path) === undefined ? `${name}${suffix}` : name;
  return {
    ...settings,
    oidc: {
      ...oidc,
      displayName: unique(oidc.displayName, ["oidc", "displayName"], ` (${key})`),
      provisionerName: unique(oidc.provisionerName, ["oidc", "provisionerName"], `-${key}`),
    },
    scim: { ...scim, displayName: unique(scim.displayName, ["scim", "displayName"], ` (${key})`) },
  };
}
