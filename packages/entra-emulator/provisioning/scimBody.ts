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

const patchSchema = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
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
  if (compliant) return { schemas: [patchSchema], Operations: compliantOperations(changes) };
  const Operations = changes.map(({ name, value, old, type }) => ({
    op: old === null ? "Add" : "Replace",
    path: name,
    value: type === "Boolean" && typeof value === "string" ? capitalised(value) : value,
  }));
  return { schemas: [patchSchema], Operations };
}

/** Replaces several attributes without a filter in their path with one operation. */
function compliantOperations(changes: readonly Change[]): Json[] {
  const mergeable = changes.filter(({ name, old }) => old !== null && parsePath(name).filter === null);
  const merged = mergeable.length > 1 ? mergeable : [];
  const value = Object.fromEntries(merged.map((change) => [change.name, typed(change)]));
  const single = changes.filter((change) => !merged.includes(change));
  return [
    ...(merged.length > 0 ? [{ op: "replace", value }] : []),
    ...single.map((change) => ({
      op: change.old === null ? "add" : "replace",
      path: change.name,
      value: typed(change),
    })),
  ];
}

/** Returns the PATCH bodies that add and remove members. `add` and `remove` are target ids. */
export function memberOperations(add: readonly string[], remove: readonly string[], compliant: boolean): Json[] {
  const path = "members";
  const references = (ids: readonly string[]) => ids.map((id) => ({ $ref: null, value: id }));
  const operations: Json[][] = compliant
    ? [
        [{ op: "add", path, value: add.map((id) => ({ value: id })) }],
        remove.map((id) => ({ op: "remove", path: `members[value eq "${id}"]` })),
      ]
    : [[{ op: "Add", path, value: references(add) }], [{ op: "Remove", path, value: references(remove) }]];
  return [add, remove].flatMap((ids, index) =>
    ids.length > 0 ? [{ schemas: [patchSchema], Operations: operations[index] }] : [],
  );
}

function typed({ value, type }: Change): unknown {
  if (Array.isArray(value)) return value.map((one) => ({ value: one }));
  return type === "Boolean" ? value.toLowerCase() === "true" : value;
}

function capitalised(value: string): string {
  return value.toLowerCase() === "true" ? "True" : "False";
}
