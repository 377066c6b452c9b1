import type { GroupSettings } from "./schema";
import type { Team } from "./teams";

/** What a group is called in the configuration: its display name, or the object id of an existing one. */
export function groupKey(group: GroupSettings): string {
  if ("create" in group) return group.create;
  const { existing } = group;
  return "displayName" in existing ? existing.displayName : existing.objectId;
}

interface Unique {
  setting: string;
  /** Two teams of which this is the same get in each other's way. */
  value: (team: Team) => string;
  why: string;
}

const unique: Unique[] = [
  {
    setting: "smallstep.teamSlug",
    value: ({ settings }) => settings.smallstep.teamSlug,
    why: "each team of Smallstep is switched by one of them only",
  },
  {
    setting: "scim.directoryId",
    value: ({ settings }) => settings.scim.directoryId.toLowerCase(),
    why: "two enterprise apps that provision to one directory undo each other's changes",
  },
  {
    setting: "oidc.displayName",
    value: ({ settings }) => settings.oidc.displayName.toLowerCase(),
    why: "app registrations must be told apart",
  },
  {
    setting: "scim.displayName",
    value: ({ settings }) => settings.scim.displayName.toLowerCase(),
    why: "enterprise apps must be told apart",
  },
  {
    setting: "oidc.provisionerName",
    value: ({ settings: { smallstep, oidc } }) =>
      JSON.stringify([smallstep.caUrl.toLowerCase().replace(/\/+$/, ""), oidc.provisionerName]),
    why: "a CA has one provisioner of a name",
  },
];

/** In what the teams of one stack would get in each other's way, and groups that are meant twice: a sentence for each. */
export function findTeamConflicts(teams: readonly Team[]): string[] {
  return [...unique.flatMap((kind) => repeated(teams, kind)), ...clashingGroups(teams)];
}

function repeated(teams: readonly Team[], { setting, value, why }: Unique): string[] {
  const first = new Map<string, Team>();
  return teams.flatMap((team) => {
    const other = first.get(value(team));
    if (other === undefined) {
      first.set(value(team), team);
      return [];
    }
    const key = team.configPath(setting);
    // Both have it from the top level: the team that comes later is to say its own.
    const place = key === other.configPath(setting) ? `teams.${team.key}.${setting}` : key;
    return [`${place}: is the same as that of team ${other.key}; ${why}`];
  });
}

/** Teams share a group by naming it alike. */
function clashingGroups(teams: readonly Team[]): string[] {
  const problems: string[] = [];
  const first = new Map<string, { team: Team; group: GroupSettings }>();
  for (const team of teams) {
    const own = new Set<string>();
    for (const [index, group] of team.settings.groups.entries()) {
      const name = groupKey(group).toLowerCase();
      const at = `${team.configPath("groups")}[${index}]`;
      const other = first.get(name);
      if (own.has(name)) problems.push(`${at}: names ${groupKey(group)} a second time`);
      else if (other === undefined) first.set(name, { team, group });
      else if (JSON.stringify(other.group) !== JSON.stringify(group)) {
        const said = JSON.stringify(other.group);
        problems.push(`${at}: is a group of team ${other.team.key} too; to share it, say ${said} here as well`);
      }
      own.add(name);
    }
  }
  return problems;
}
