import * as pulumi from "@pulumi/pulumi";
import { AccessGroups, type ResolvedGroup } from "@smallstep-ssh/components";
import { groupKey } from "./config/teamConflicts";
import type { Team } from "./config/team";
import type { StackSettings } from "./config/teams";

/** A group, and a signal that the engine is creating it: creation takes long, and a new group has no members yet. */
export interface SharedGroup extends ResolvedGroup {
  /** Resolves when the engine is about to create the group. Never resolves for an existing group. */
  willBeCreated: Promise<undefined>;
}

/** The groups of all teams. A group that several teams share is created or looked up once. */
export class SharedGroups {
  private readonly byKey: ReadonlyMap<string, SharedGroup>;

  constructor(
    stack: Pick<StackSettings, "teams" | "checks">,
    owners: pulumi.Input<pulumi.Input<string>[]>,
    options: pulumi.ComponentResourceOptions,
  ) {
    const wanted = new Map(
      stack.teams.flatMap(({ settings }) => settings.groups).map((group) => [keyOf(group), group]),
    );
    const deferreds = new Map([...wanted.keys()].map((key) => [key, createDeferred()]));
    const onCreate = (displayName: string) => deferreds.get(displayName.toLowerCase())?.resolve();
    const made = new AccessGroups(
      "access",
      { groups: [...wanted.values()], owners },
      // Only the user-name check needs the signal.
      stack.checks.usernames === "off" ? options : { ...options, transformations: [onBeforeGroupCreate(onCreate)] },
    );
    this.byKey = new Map(
      made.groups.map((group) => {
        const key = group.key.toLowerCase();
        return [key, { ...group, willBeCreated: deferreds.get(key)!.willBeCreated }];
      }),
    );
  }

  /** Returns the groups of one team, in the order of its configuration. */
  of(team: Team): SharedGroup[] {
    return team.settings.groups.map((group) => this.byKey.get(keyOf(group))!);
  }
}

/** Entra compares names and ids without regard to case. */
function keyOf(group: Parameters<typeof groupKey>[0]): string {
  return groupKey(group).toLowerCase();
}

function createDeferred(): { willBeCreated: Promise<undefined>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const willBeCreated = new Promise<undefined>((resolvePromise) => (resolve = () => resolvePromise(undefined)));
  return { willBeCreated, resolve };
}

/** Calls back with the display name of each group that the engine is about to create. */
function onBeforeGroupCreate(onCreate: (displayName: string) => void): pulumi.ResourceTransformation {
  return ({ type, name, props, opts }) => {
    if (type !== "azuread:index/group:Group") return undefined;
    const hook = new pulumi.ResourceHook(`before creating ${name}`, ({ newInputs }) =>
      onCreate(String(newInputs?.["displayName"])),
    );
    const before = opts.hooks?.beforeCreate ?? [];
    return { props, opts: { ...opts, hooks: { ...opts.hooks, beforeCreate: [...before, hook] } } };
  };
}
