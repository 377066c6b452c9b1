import { attribute, type InputValue } from "entra-mappings";

import { isObject } from "../json";
import type { TenantState } from "../state/tenant";
import type { Group, User } from "../state/types";

type Lookup = (name: string) => InputValue;

/** Returns a function that reads a user's attributes by their names in mappings. `softDeleted`: disabled, deleted or out of scope. */
export function userLookup(state: TenantState, user: User, servicePrincipalId: string, softDeleted: boolean): Lookup {
  return (name) => {
    if (name === "IsSoftDeleted") return softDeleted;
    if (name === "manager") return state.managers.get(user.id);
    if (name === "appRoleAssignments") return assignedRoles(state, user.id, servicePrincipalId);
    return read(user, name);
  };
}

export function groupLookup(group: Group): Lookup {
  return (name) => (name === "IsSoftDeleted" ? false : read({ ...group }, name));
}

function read(object: Record<string, unknown>, name: string): InputValue {
  const [parent = "", part] = name.split(".");
  const value = object[parent];
  if (part !== undefined) return isObject(value) ? attribute(value, part) : null;
  return attribute(object, name === "immutableId" ? "onPremisesImmutableId" : name);
}

function assignedRoles(state: TenantState, userId: string, servicePrincipalId: string): string[] {
  const holders = new Set([userId, ...state.members.sources(userId)]);
  const roles = state.servicePrincipals.get(servicePrincipalId)?.appRoles ?? [];
  return [...state.assignments.values()]
    .filter((one) => one.resourceId === servicePrincipalId && holders.has(one.principalId))
    .flatMap((one) => roles.find((role) => role.id === one.appRoleId)?.displayName ?? []);
}
