import { parsePath, writePath, type ScimPath } from "./scimPath";

/** An attribute to export. `old` is the value in the target; null if there is none. */
export interface Change {
  name: string;
  value: string | string[];
  old: string | null;
  /** Type in the target directory definition, e.g. Boolean. */
  type: string;
}

type Json = Record<string, unknown>;

const patchSchema = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const coreUser = "urn:ietf:params:scim:schemas:core:2.0:User";
const enterpriseUser = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const coreGroup = "urn:ietf:params:scim:schemas:core:2.0:Group";
const microsoftGroup = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";

export function createUserBody(values: readonly Change[]): Json {
  return create({ schemas: [coreUser, enterpriseUser] }, values, { meta: { resourceType: "User" }, roles: [] });
}

/** Returns the body without members. Separate requests add them. */
export function createGroupBody(values: readonly Change[]): Json {
  return create({ schemas: [coreGroup, microsoftGroup] }, values, { meta: { resourceType: "Group" } });
}

function create(start: Json, values: readonly Change[], defaults: Json): Json {
  const body: Json = { ...start };
  for (const change of values) writePath(body, parsePath(change.name), typed(change));
  const emails = body["emails"];
  if (Array.isArray(emails) && emails[0] !== undefined) (emails[0] as Json)["primary"] ??= true;
  return { ...defaults, ...body };
}

/**
 * Returns the PATCH body for changed attributes. By default the service sends capitalized operations, one per path,
 * and the strings "True" and "False". `compliant` (flag `aadOptscim062020` in the Tenant URL) follows the SCIM standard.
 */
export function patchBody(changes: readonly Change[], compliant: boolean): Json {
  return { schemas: [patchSchema], Operations: compliant ? compliantOperations(changes) : quirkyOperations(changes) };
}

function quirkyOperations(changes: readonly Change[]): Json[] {
  return changes.map((change) => ({
    op: change.old === null ? "Add" : "Replace",
    path: change.name,
    value: change.type === "Boolean" ? capitalised(change.value) : change.value,
  }));
}

function compliantOperations(changes: readonly Change[]): Json[] {
  const parsed = changes.map((change) => ({ change, path: parsePath(change.name) }));
  const together = parsed.filter(({ change, path }) => change.old !== null && mergeable(path));
  const merged = together.length > 1 ? together : [];
  const single = parsed.filter((one) => !merged.includes(one));
  const operations: Json[] = single.map(({ change }) => ({
    op: change.old === null ? "add" : "replace",
    path: change.name,
    value: typed(change),
  }));
  if (merged.length === 0) return operations;
  const value = Object.fromEntries(merged.map(({ change }) => [change.name, typed(change)]));
  return [{ op: "replace", value }, ...operations];
}

function mergeable(path: ScimPath): boolean {
  return path.filter === null;
}

/** Returns the PATCH bodies that add and remove members. `add` and `remove` are target ids. */
export function memberOperations(add: readonly string[], remove: readonly string[], compliant: boolean): Json[] {
  const bodies: Json[][] = [];
  if (add.length > 0) {
    const value = add.map((id) => (compliant ? { value: id } : { $ref: null, value: id }));
    bodies.push([{ op: compliant ? "add" : "Add", path: "members", value }]);
  }
  if (remove.length > 0 && compliant) {
    bodies.push(remove.map((id) => ({ op: "remove", path: `members[value eq "${id}"]` })));
  } else if (remove.length > 0) {
    bodies.push([{ op: "Remove", path: "members", value: remove.map((id) => ({ $ref: null, value: id })) }]);
  }
  return bodies.map((Operations) => ({ schemas: [patchSchema], Operations }));
}

function typed({ value, type }: Change): unknown {
  if (type === "Boolean" && typeof value === "string") return value.toLowerCase() === "true";
  if (Array.isArray(value)) return value.map((one) => ({ value: one }));
  return value;
}

function capitalised(value: string | string[]): string | string[] {
  if (Array.isArray(value)) return value;
  return value.toLowerCase() === "true" ? "True" : "False";
}
