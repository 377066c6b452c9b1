import type { InputValue } from "entra-mappings";

import type { TenantState } from "../state/tenant";
import { defaultAccessRoleId } from "../state/wellKnown";
import type { ScopingFilter } from "../synchronization/schema";

/** Ids of the objects that a job provisions. */
export interface Scope {
  users: Set<string>;
  groups: Set<string>;
}

/** Returns the value of a synchronization secret, which also holds settings of a job. */
export function savedSetting(state: TenantState, servicePrincipalId: string, name: string): string | undefined {
  return state.syncSecrets.get(servicePrincipalId)?.find(({ key }) => key === name)?.value;
}

/**
 * Returns the objects in scope: assigned users, assigned groups and direct members of these groups. Nested groups and
 * the role "Default Access" do not count. If the setting `SyncAll` is true, all users and groups are in scope.
 */
export function scopeOf(state: TenantState, servicePrincipalId: string): Scope {
  if (savedSetting(state, servicePrincipalId, "SyncAll")?.toLowerCase() === "true") {
    return { users: new Set(state.users.keys()), groups: new Set(state.groups.keys()) };
  }
  const assignments = [...state.assignments.values()].filter(
    (one) => one.resourceId === servicePrincipalId && one.appRoleId !== defaultAccessRoleId,
  );
  const assigned = (type: string) => assignments.flatMap((one) => (one.principalType === type ? one.principalId : []));
  const groups = new Set(assigned("Group"));
  const members = [...groups].flatMap(state.members.targets);
  const isUser = (id: string): boolean => state.users.has(id) || state.deleted.get(id)?.type === "user";
  return { users: new Set([...assigned("User"), ...members.filter(isUser)]), groups };
}

/** Returns whether an object passes a scoping filter: all clauses of at least one group. Throws for an unknown operator. */
export function passesFilter(filter: ScopingFilter | null, lookup: (name: string) => InputValue): boolean {
  const groups = filter?.groups ?? [];
  return groups.length === 0 || groups.some(({ clauses }) => clauses.every((clause) => holds(clause, lookup)));
}

function holds(
  { operatorName, sourceOperandName, targetOperand }: ScopingFilter["groups"][number]["clauses"][number],
  lookup: (name: string) => InputValue,
): boolean {
  const values = [lookup(sourceOperandName)].flat().map(text);
  const wanted = targetOperand?.values ?? [];
  const isEqual = () => values.some((value) => wanted.includes(value));
  const isNull = () => values.every((value) => value === "");
  const isMatch = () => values.some((value) => wanted.some((pattern) => new RegExp(pattern).test(value)));
  switch (operatorName.toUpperCase()) {
    case "EQUALS":
      return isEqual();
    case "NOT EQUALS":
      return !isEqual();
    case "IS TRUE":
      return values.includes("True");
    case "IS FALSE":
      return values.includes("False");
    case "IS NULL":
      return isNull();
    case "IS NOT NULL":
      return !isNull();
    case "REGEX MATCH":
      return isMatch();
    case "NOT REGEX MATCH":
      return !isMatch();
    default:
      throw new Error(
        `The scoping filter operator '${operatorName}' is not supported. Use an operator that GET schema/filterOperators lists.`,
      );
  }
}

function text(value: string | number | boolean | null | undefined): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  return String(value ?? "");
}
