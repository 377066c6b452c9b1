import { isObject, type Json } from "../json";
import { parsePath, writePath } from "./scimPath";

/** An attribute to export. `old` is the value in the target; null if there is none. */
export interface Change {
  name: string;
  value: string | string[];
  old: string | null;
  /** Type in the target directory definition, e.g. Boolean. */
  type: string;
}

const newResources = {
  User: {
    schemas: [
      "urn:ietf:params:scim:schemas:core:2.0:User",
      "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    ],
    meta: { resourceType: "User" },
    roles: [],
  },
  // Without members. Separate requests add them.
  Group: {
    schemas: [
      "urn:ietf:params:scim:schemas:core:2.0:Group",
      "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group",
    ],
    meta: { resourceType: "Group" },
  },
};

/** Returns the body that creates a resource. */
export function createBody(type: "User" | "Group", values: readonly Change[]): Json {
  const body: Json = {};
  for (const change of values) writePath(body, parsePath(change.name), typed(change));
  const [email] = [body["emails"]].flat();
  if (isObject(email)) email["primary"] ??= true;
  return { ...newResources[type], ...body };
}

/**
 * Returns the PATCH body for changed attributes. By default the service sends capitalized operations, one per path,
 * and the strings "True" and "False". `compliant` (flag `aadOptscim062020` in the Tenant URL) follows the SCIM standard.
 */
export function patchBody(changes: readonly Change[], compliant: boolean): Json {
  if (compliant) return patch(compliantOperations(changes));
  const operations = changes.map(({ name, value, old, type }) => ({
    op: old === null ? "Add" : "Replace",
    path: name,
    value: type === "Boolean" && typeof value === "string" ? capitalised(value) : value,
  }));
  return patch(operations);
}

/** Replaces several attributes without a filter in their path with one operation. */
function compliantOperations(changes: readonly Change[]): Json[] {
  const mergeable = changes.filter(({ name, old }) => old !== null && parsePath(name).filter === null);
  const merged = mergeable.length > 1 ? mergeable : [];
  const value = Object.fromEntries(merged.map((change) => [change.name, typed(change)]));
  const single = changes
    .filter((change) => !merged.includes(change))
    .map((change) => ({ op: change.old === null ? "add" : "replace", path: change.name, value: typed(change) }));
  return merged.length > 0 ? [{ op: "replace", value }, ...single] : single;
}

/** Returns the PATCH bodies that add and remove members. `added` and `removed` are target ids. */
export function memberBodies(added: readonly string[], removed: readonly string[], compliant: boolean): Json[] {
  const path = "members";
  const references = (ids: readonly string[]) => ids.map((id) => ({ $ref: null, value: id }));
  const add = compliant
    ? { op: "add", path, value: added.map((id) => ({ value: id })) }
    : { op: "Add", path, value: references(added) };
  const remove = compliant
    ? removed.map((id) => ({ op: "remove", path: `members[value eq "${id}"]` }))
    : [{ op: "Remove", path, value: references(removed) }];
  return [...(added.length > 0 ? [patch([add])] : []), ...(removed.length > 0 ? [patch(remove)] : [])];
}

function patch(operations: readonly Json[]): Json {
  return { schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations: operations };
}

function typed({ value, type }: Change): unknown {
  if (Array.isArray(value)) return value.map((one) => ({ value: one }));
  return type === "Boolean" ? value.toLowerCase() === "true" : value;
}

function capitalised(value: string): string {
  return value.toLowerCase() === "true" ? "True" : "False";
}
