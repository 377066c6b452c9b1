import type { ProvisioningEvent } from "../provisioning/types";
import { Directory } from "./directory";
import { newGroup } from "./new-group";
import { newUser, type NewUser } from "./new-user";
import type { Group, User } from "./types";

/** A tenant, with what an administrator would do in the portal. */
export class TenantState extends Directory {
  /** All lines of the provisioning log, oldest first. */
  readonly provisioningLog: ProvisioningEvent[] = [];

  /** Puts people into a group; users by UPN or object id. */
  addMembers(groupId: string, upns: readonly string[]): void {
    const group = this.group(groupId);
    for (const upn of upns) this.members.add(group.id, this.user(upn).id);
  }

  removeMembers(groupId: string, upns: readonly string[]): void {
    const group = this.group(groupId);
    for (const upn of upns) this.members.remove(group.id, this.user(upn).id);
  }

  /** Makes one group a member of another. */
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

  groupByName(displayName: string): Group {
    const found = [...this.groups.values()].filter((group) => group.displayName === displayName);
    if (found.length !== 1 || !found[0]) throw new Error(`${found.length} groups are named "${displayName}".`);
    return found[0];
  }
}
