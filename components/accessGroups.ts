import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { entra } from "@smallstep-ssh/usersync";

/** A group of the tenant whose direct members get accounts: created by the stack, or an existing one. */
export type AccessGroup =
  | {
      /** Display name of a security group to create. A change renames it. */
      create: string;
    }
  | { existing: ExistingGroup };

/** How to find an existing security group. */
export type ExistingGroup =
  | {
      /** Display name. No other group may have the same name. */
      displayName: string;
    }
  | { objectId: string };

export interface AccessGroupsArgs {
  /**
   * The groups, in the order of the output `groups`. Entra does not provision members of nested groups: users must be direct members.
   */
  groups: readonly AccessGroup[];
  /**
   * Object ids of the owners of created groups.
   * @default the deploying identity
   */
  owners?: pulumi.Input<pulumi.Input<string>[]> | undefined;
}

/** A group with its id. */
export interface ResolvedGroup {
  /** {@link groupKey} of the group. Part of the names of its resources. */
  key: string;
  objectId: pulumi.Output<string>;
}

/** Returns a group's name in the configuration: its display name, or the object id of an existing group. */
export function groupKey(group: AccessGroup): string {
  if ("create" in group) return group.create;
  const { existing } = group;
  return "displayName" in existing ? existing.displayName : existing.objectId;
}

/**
 * The groups whose members may use SSH. The component does not manage membership: administrators, access packages or dynamic rules do.
 * It only reads existing groups, which survive `pulumi destroy`. If one of them does not exist, the preview fails. Hooks of the
 * component run for each group that it creates.
 */
export class AccessGroups extends pulumi.ComponentResource {
  readonly groups: readonly ResolvedGroup[];
  readonly objectIds: pulumi.Output<string[]>;

  constructor(name: string, args: AccessGroupsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("smallstep-ssh:components:AccessGroups", name, {}, opts);
    this.groups = args.groups.map((group) => {
      const { objectId } =
        "create" in group
          ? new azuread.Group(
              `${name}-${group.create}`,
              { displayName: group.create, securityEnabled: true, owners: args.owners },
              { parent: this, hooks: opts?.hooks },
            )
          : entra.getGroupOutput(group.existing, { parent: this });
      return { key: groupKey(group), objectId };
    });
    this.objectIds = pulumi.all(this.groups.map((group) => group.objectId));
    this.registerOutputs({ objectIds: this.objectIds });
  }

  /** Returns some of the groups, in the order of `groups`. Entra compares names and ids without regard to case. */
  select(groups: readonly AccessGroup[]): ResolvedGroup[] {
    const byKey = new Map(this.groups.map((group) => [group.key.toLowerCase(), group]));
    return groups.flatMap((group) => byKey.get(groupKey(group).toLowerCase()) ?? []);
  }
}
