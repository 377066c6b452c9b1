import * as pulumi from "@pulumi/pulumi";
import { AccessGroups, type ResolvedGroup } from "../components/accessGroups";
import { groupKey, type StackSettings, type Team } from "../config";

/** A group, and word that it is being made: the provider takes long over it, and nobody is in it yet. */
export interface SharedGroup extends ResolvedGroup {
  /** Resolves when the engine is about to make it; never when it is there. */
  willBeCreated: Promise<undefined>;
}

/** The groups of all teams, each made or looked up once, whatever teams share it. */
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
    const news = new Map([...wanted.keys()].map((key) => [key, createDeferred()]));
    const onCreate = (displayName: string) => news.get(displayName.toLowerCase())?.resolve();
    const made = new AccessGroups(
      "access",
      { groups: [...wanted.values()], owners },
      // Only the check of user names wants to know.
      stack.checks.usernames === "off" ? options : { ...options, transformations: [onBeforeGroupCreate(onCreate)] },
    );
    this.byKey = new Map(
      made.groups.map((group) => {
        const key = group.key.toLowerCase();
        return [key, { ...group, willBeCreated: news.get(key)!.willBeCreated }];
      }),
    );
  }

  /** Those of one team, in its order. */
  of(team: Team): SharedGroup[] {
    return team.settings.groups.map((group) => this.byKey.get(keyOf(group))!);
  }
}

/** As Entra compares names and ids. */
function keyOf(group: Parameters<typeof groupKey>[0]): string {
  return groupKey(group).toLowerCase();
}

function createDeferred(): { willBeCreated: Promise<undefined>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const willBeCreated = new Promise<undefined>((settle) => (resolve = () => settle(undefined)));
  return { willBeCreated, resolve };
}

/** Tells the display name of a group that is about to be made. */
function onBeforeGroupCreate(onCreate: (displayName: string) => void): pulumi.ResourceTransformation {
  return ({ type, name, props, opts }) => {
    if (type !== "azuread:index/group:Group") return undefined;
    const hook = new pulumi.ResourceHook(`making ${name}`, ({ newInputs }) =>
      onCreate(String(newInputs?.["displayName"])),
    );
    const before = opts.hooks?.beforeCreate ?? [];
    return { props, opts: { ...opts, hooks: { ...opts.hooks, beforeCreate: [...before, hook] } } };
  };
}
