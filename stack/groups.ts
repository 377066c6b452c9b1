import type * as pulumi from "@pulumi/pulumi";
import { AccessGroups, type ResolvedGroup } from "../components/accessGroups";
import { groupKey, type StackSettings, type Team } from "../config";

/** The groups of all teams, each made or looked up once, whatever teams share it. */
export class SharedGroups {
  private readonly byKey: ReadonlyMap<string, ResolvedGroup>;

  constructor(
    stack: Pick<StackSettings, "teams">,
    owners: pulumi.Input<pulumi.Input<string>[]>,
    options: pulumi.ComponentResourceOptions,
  ) {
    const wanted = new Map(
      stack.teams.flatMap(({ settings }) => settings.groups).map((group) => [keyOf(group), group]),
    );
    const made = new AccessGroups("access", { groups: [...wanted.values()], owners }, options);
    this.byKey = new Map(made.groups.map((group) => [group.key.toLowerCase(), group]));
  }

  /** Those of one team, in its order. */
  of(team: Team): ResolvedGroup[] {
    return team.settings.groups.map((group) => this.byKey.get(keyOf(group))!);
  }
}

/** As Entra compares names and ids. */
function keyOf(group: Parameters<typeof groupKey>[0]): string {
  return groupKey(group).toLowerCase();
}
