import type { Directory } from "../state/directory";
import { defaultAccessRoleId } from "../state/wellKnown";

/** Ids of the objects that a job provisions. */
export interface Scope {
  users: Set<string>;
  groups: Set<string>;
}

/**
 * Returns the objects in scope: assigned users, assigned groups and direct members of these groups. Nested groups and
 * the role "Default Access" do not count. If the secret `SyncAll` is true, all users and groups are in scope.
 */
export function scopeOf(directory: Directory, servicePrincipalId: string): Scope {
  const secrets = directory.syncSecrets.get(servicePrincipalId) ?? [];
  if (secrets.some(({ key, value }) => key === "SyncAll" && value.toLowerCase() === "true")) {
    return { users: new Set(directory.users.keys()), groups: new Set(directory.groups.keys()) };
  }
  const scope: Scope = { users: new Set(), groups: new Set() };
  for (const one of directory.assignments.values()) {
    if (one.resourceId !== servicePrincipalId || one.appRoleId === defaultAccessRoleId) continue;
    if (one.principalType === "User") scope.users.add(one.principalId);
    if (one.principalType !== "Group") continue;
    scope.groups.add(one.principalId);
    for (const member of directory.members.targets(one.principalId)) {
      if (isUser(directory, member)) scope.users.add(member);
    }
  }
  return scope;
}

export function isUser(directory: Directory, id: string): boolean {
  return directory.users.has(id) || directory.deleted.get(id)?.type === "user";
}
