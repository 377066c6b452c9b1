import { groupKey } from "@smallstep-ssh/components";
import type { Team } from "./schema";

interface Unique {
  setting: string;
  /** The value that must differ between any two teams. */
  value: (team: Team) => string;
  why: string;
}

const unique: Unique[] = [
  {
    setting: "smallstep.teamSlug",
    value: ({ settings }) => settings.smallstep.teamSlug,
    why: "only one team of the stack may switch a Smallstep team",
  },
  {
    setting: "scim.directoryId",
    value: ({ settings }) => settings.scim.directoryId.toLowerCase(),
    why: "two enterprise apps that provision to one directory undo each other's changes",
  },
  {
    setting: "oidc.displayName",
    value: ({ settings }) => settings.oidc.displayName.toLowerCase(),
    why: "app registrations need different names",
  },
  {
    setting: "scim.displayName",
    value: ({ settings }) => settings.scim.displayName.toLowerCase(),
    why: "enterprise apps need different names",
  },
  {
    setting: "oidc.provisionerName",
    value: ({ settings: { smallstep, oidc } }) =>
      JSON.stringify([smallstep.caUrl.toLowerCase().replace(/\/+$/, ""), oidc.provisionerName]),
    why: "provisioner names are unique within a CA",
  },
];

/** Finds settings that conflict between the teams of one stack, and groups that are listed twice. Returns one message per conflict. */
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
    // Both teams inherit the value from the top level: report it at the later team, which must set its own.
    const place = key === other.configPath(setting) ? `teams.${team.key}.${setting}` : key;
    return [`${place}: is the same as in team ${other.key}; ${why}`];
  });
}

/** Teams share a group by declaring it identically. */
function clashingGroups(teams: readonly Team[]): string[] {
  const problems: string[] = [];
  const first = new Map<string, { team: Team; group: Team["settings"]["groups"][number] }>();
  for (const team of teams) {
    const own = new Set<string>();
    for (const [index, group] of team.settings.groups.entries()) {
      const name = groupKey(group).toLowerCase();
      const at = `${team.configPath("groups")}[${index}]`;
      const other = first.get(name);
      if (own.has(name)) problems.push(`${at}: lists the group ${groupKey(group)} twice`);
      else if (other === undefined) first.set(name, { team, group });
      else if (JSON.stringify(other.group) !== JSON.stringify(group)) {
        const existing = JSON.stringify(other.group);
        problems.push(
          `${at}: team ${other.team.key} declares the same group differently; to share it, write ${existing} here too`,
        );
      }
      own.add(name);
    }
  }
  return problems;
}
