import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { entra } from "../provider/sdk";

/** A group of the tenant whose members get accounts: made by the stack, or one that exists. */
export type AccessGroup =
  | {
      /** Display name of a security group to create. A change renames it. */
      create: string;
    }
  | { existing: ExistingGroup };

/** How to find an existing security group. */
export type ExistingGroup =
  | {
      /** Display name; it must be the only group of that name. */
      displayName: string;
    }
  | { objectId: string };

export interface AccessGroupsArgs {
  /**
   * One group per kind of access, in the order in which they are reported. Nested groups are not provisioned by Entra:
   * people must be direct members.
   */
  groups: readonly AccessGroup[];
  /**
   * Object ids of the owners of created groups.
   * @default the identity that deploys
   */
  owners?: pulumi.Input<pulumi.Input<string>[]>;
}

/** A group as the rest of the stack uses it. */
export interface ResolvedGroup {
  /** What the configuration calls it; part of the names of the resources made for it. */
  key: string;
  displayName: pulumi.Output<string>;
  objectId: pulumi.Output<string>;
}

/**
 * The groups whose members may use SSH. Membership is left alone: it is run by people, access packages or dynamic rules.
 * Existing groups are only read, and survive `pulumi destroy`; one that does not exist is an error at preview.
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
