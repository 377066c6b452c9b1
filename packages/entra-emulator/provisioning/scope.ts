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

type Condition = (values: readonly string[], wanted: readonly string[]) => boolean;

const isEqual: Condition = (values, wanted) => values.some((value) => wanted.includes(value));
const isNull: Condition = (values) => values.every((value) => value === "");
const isMatch: Condition = (values, wanted) =>
  values.some((value) => wanted.some((pattern) => new RegExp(pattern).test(value)));
const not =
  (condition: Condition): Condition =>
  (values, wanted) =>
    !condition(values, wanted);

/** Operators of scoping filters. */
export const filterOperators: Readonly<Record<string, { arity: string; types: string[]; holds: Condition }>> = {
  EQUALS: { arity: "Binary", types: ["String", "Integer"], holds: isEqual },
  "NOT EQUALS": { arity: "Binary", types: ["String"], holds: not(isEqual) },
  "IS TRUE": { arity: "Unary", types: ["Boolean"], holds: (values) => values.includes("True") },
  "IS FALSE": { arity: "Unary", types: ["Boolean"], holds: (values) => values.includes("False") },
  "IS NULL": { arity: "Unary", types: ["String"], holds: isNull },
  "IS NOT NULL": { arity: "Unary", types: ["String"], holds: not(isNull) },
  "REGEX MATCH": { arity: "Binary", types: ["String"], holds: isMatch },
  "NOT REGEX MATCH": { arity: "Binary", types: ["String"], holds: not(isMatch) },
};

/** Returns whether an object passes a scoping filter: all clauses of at least one group. Throws for an unknown operator. */
export function passesFilter(filter: ScopingFilter | null, lookup: (name: string) => InputValue): boolean {
  const groups = filter?.groups ?? [];
  const passes = ({ operatorName, sourceOperandName, targetOperand }: (typeof groups)[number]["clauses"][number]) => {
    const operator = filterOperators[operatorName.toUpperCase()];
    if (operator) return operator.holds([lookup(sourceOperandName)].flat().map(text), targetOperand?.values ?? []);
    const hint = "Use an operator that GET schema/filterOperators lists.";
    throw new Error(`The scoping filter operator '${operatorName}' is not supported. ${hint}`);
  };
  return groups.length === 0 || groups.some(({ clauses }) => clauses.every(passes));
}

function text(value: string | number | boolean | null | undefined): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  return String(value ?? "");
}
