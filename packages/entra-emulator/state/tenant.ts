import type { ProvisioningEvent } from "../provisioning/types";
import { Directory } from "./directory";
import { newGroup } from "./newGroup";
import { newUser, type NewUser } from "./newUser";
import type { Group, User } from "./types";

/** A tenant with the actions of an administrator. Methods throw Graph's 404 for a missing object. */
export class TenantState extends Directory {
  /** All events of the provisioning log, oldest first. */
  readonly provisioningLog: ProvisioningEvent[] = [];

  /** Adds users to a group. `upns`: UPNs or object ids. */
  addMembers(groupId: string, upns: readonly string[]): void {
    const group = this.group(groupId);
    for (const upn of upns) this.members.add(group.id, this.user(upn).id);
  }

  removeMembers(groupId: string, upns: readonly string[]): void {
    const group = this.group(groupId);
    for (const upn of upns) this.members.remove(group.id, this.user(upn).id);
  }

  /** Adds a group as a member of another group. */
  nestGroup(groupId: string, memberGroupId: string): void {
    this.members.add(this.group(groupId).id, this.group(memberGroupId).id);
  }

  createUser(given: NewUser): User {
    const user = newUser(given);
    this.add("user", user);
    return user;
  }

  updateUser(upn: string, change: Partial<User>): User {
    return Object.assign(this.user(upn), change);
  }

  createGroup(given: Partial<Group> & Pick<Group, "displayName">): Group {
    const group = newGroup(given);
    this.add("group", group);
    return group;
  }

  /** Returns the only group with this display name. Throws if there is none or more than one. */
  groupByName(displayName: string): Group {
    const found = [...this.groups.values()].filter((group) => group.displayName === displayName);
    if (found.length !== 1 || !found[0])
      throw new Error(`Expected one group named "${displayName}", found ${found.length}.`);
    return found[0];
  }
}
