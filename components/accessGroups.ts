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
  owners?: pulumi.Input<pulumi.Input<string>[]>;
}

/** A group with its resolved name and id. */
export interface ResolvedGroup {
  /** The group's name in the configuration. Part of the names of its resources. */
  key: string;
  displayName: pulumi.Output<string>;
  objectId: pulumi.Output<string>;
}

/**
 * The groups whose members may use SSH. The component does not manage membership: administrators, access packages or dynamic rules do.
 * It only reads existing groups, which survive `pulumi destroy`. If one of them does not exist, the preview fails.
 */
export class AccessGroups extends pulumi.ComponentResource {
  readonly groups: readonly ResolvedGroup[];
  readonly objectIds: pulumi.Output<string[]>;

  constructor(name: string, args: AccessGroupsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("smallstep-ssh:components:AccessGroups", name, {}, opts);
    this.groups = args.groups.map((group) => resolve(name, group, args.owners, this));
    this.objectIds = pulumi.all(this.groups.map((group) => group.objectId));
    this.registerOutputs({ objectIds: this.objectIds });
  }
}

function resolve(
  name: string,
  group: AccessGroup,
  owners: AccessGroupsArgs["owners"],
  parent: pulumi.Resource,
): ResolvedGroup {
  if ("create" in group) {
    const created = new azuread.Group(
      `${name}-${group.create}`,
      { displayName: group.create, securityEnabled: true, ...(owners === undefined ? {} : { owners }) },
      { parent },
    );
    return { key: group.create, displayName: created.displayName, objectId: created.objectId };
  }
  const { existing } = group;
  const found = entra.getGroupOutput(existing, { parent });
  const key = "displayName" in existing ? existing.displayName : existing.objectId;
  return { key, displayName: found.displayName, objectId: found.objectId };
}
