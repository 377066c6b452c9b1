import { route, type Access, type Call, type Endpoint } from "../http/endpoint";
import { badRequest, forbidden, notFound, ok } from "../http/reply";
import { objectBody } from "../odata/body";
import { context, entityReply, listReply } from "../odata/query";
import { propertiesOf } from "../state/objects";
import type { TenantState } from "../state/tenant";
import type { Entity, ObjectType } from "../state/types";

const restoreOrPurge = ["Application.ReadWrite.All", "User.ReadWrite.All"];
const readDirectory = ["Directory.Read.All", "Directory.ReadWrite.All"];
const readApplications = ["Application.Read.All", "Application.ReadWrite.All", "Application.ReadWrite.OwnedBy"];

/** Permissions to read an object by its type. A directory permission is sufficient for every type. */
const readType: Record<ObjectType, string[]> = {
  user: ["User.Read.All", "User.ReadWrite.All"],
  group: ["Group.Read.All", "Group.ReadWrite.All", "GroupMember.Read.All", "GroupMember.ReadWrite.All"],
  application: readApplications,
  servicePrincipal: readApplications,
};

/** Properties of a user that Graph v1.0 returns without `$select`. They exclude accountEnabled and userType. */
export const userDefaults = [
  "id",
  "businessPhones",
  "displayName",
  "givenName",
  "jobTitle",
  "mail",
  "mobilePhone",
  "officeLocation",
  "preferredLanguage",
  "surname",
  "userPrincipalName",
];

const shape = {
  properties: (["user", "group", "servicePrincipal"] as const).flatMap((type) => Object.keys(propertiesOf(type))),
};

export const directoryObjectEndpoints: Endpoint[] = [
  route("GET /directoryObjects/:id", [...readDirectory, ...Object.values(readType).flat()], (call) => {
    const found = call.state.find(call.param("id"));
    const object = entry(call, call.param("id"));
    if (!found || !object) throw notFound(call.param("id"));
    if (![...readDirectory, ...readType[found.type]].some((one) => call.caller.roles.has(one))) throw forbidden();
    return entityReply(call, "directoryObjects", object);
  }),
  route("POST /directoryObjects/getByIds", readDirectory, (call) => {
    const { ids } = objectBody(call.body);
    const objects = Array.isArray(ids) ? ids.map((id) => entry(call, String(id))) : [];
    return ok({ value: objects.filter((one) => one !== undefined) });
  }),
  ...["users", "groups", "servicePrincipals", "directoryObjects"].map(checkMemberGroups),
  deletedItems("user", "User.ReadWrite.All"),
  deletedItems("application", "Application.ReadWrite.All"),
  deletedItems("servicePrincipal", "Application.ReadWrite.All"),
  route("POST /directory/deletedItems/:id/restore", restoreOrPurge, ({ state, param }) => ({
    status: 201,
    body: state.restore(param("id")),
  })),
  route("DELETE /directory/deletedItems/:id", restoreOrPurge, ({ state, param }) => state.purge(param("id"))),
];

/** Handles `checkMemberGroups`: returns the requested groups that contain the object directly or through nested groups. */
function checkMemberGroups(collection: string): Endpoint {
  const permissions = [...readDirectory, ...readType.group, ...readType.user];
  return route(`POST /${collection}/:id/checkMemberGroups`, permissions, (call) => {
    const key = call.param("id");
    const id = collection === "users" ? call.state.user(key).id : call.state.find(key)?.object.id;
    if (id === undefined) throw notFound(key);
    const asked = objectBody(call.body)["groupIds"];
    if (!Array.isArray(asked) || asked.length === 0 || asked.length > 20) {
      throw badRequest("groupIds must hold from 1 to 20 ids of groups.");
    }
    const groups = new Set(call.state.members.reaching(id));
    return ok({ value: asked.filter((one) => groups.has(String(one))) });
  });
}

function deletedItems(type: ObjectType, permission: string): Endpoint {
  return route(`GET /directory/deletedItems/microsoft.graph.${type}`, [permission, ...readDirectory], (call) => {
    const rows = [...call.state.deleted.values()].filter((one) => one.type === type).map((one) => one.object);
    return listReply(call, "directory/deletedItems", rows);
  });
}

/** Declares an operation that lists the objects related to an object, e.g. the members of a group. */
export function relatedEndpoint(
  type: ObjectType,
  name: string,
  access: Access,
  ids: (state: TenantState, id: string) => string[],
): Endpoint {
  return route(`GET /${type}s/:id/${name}`, access, (call) => {
    const related = ids(call.state, call.state.get(type, call.param("id")).id).map((id) => entry(call, id));
    const objects = related.filter((one) => one !== undefined);
    return listReply(call, "directoryObjects", asVisible(objects, call.caller.roles), shape);
  });
}

/** Handles `/users/{id}/manager`. */
export function managerReply(call: Call) {
  const manager = entry(call, call.state.managers.get(call.state.user(call.param("id")).id) ?? "");
  if (!manager) throw notFound("manager");
  return ok({ ...context(call, "directoryObjects/$entity"), ...manager });
}

/**
 * Returns an object as an entry of a mixed collection, where `@odata.type` identifies its type; undefined if it does not exist.
 * `$select` can name all properties.
 */
function entry({ state, query }: Call, id: string): Entity | undefined {
  const found = state.find(id);
  if (!found) return undefined;
  const { type, object } = found;
  const names = type === "user" && !query.has("$select") ? userDefaults : Object.keys(object);
  return {
    "@odata.type": `#microsoft.graph.${type}`,
    id,
    ...Object.fromEntries(names.map((name) => [name, object[name]])),
  };
}

/**
 * Returns entries of a mixed collection as the caller may see them. Without a permission to read users, a user has only
 * its type and id; all other properties are null.
 * Source: learn.microsoft.com/graph/permissions-overview, "Limited information returned".
 */
function asVisible(objects: readonly Entity[], roles: ReadonlySet<string>): Entity[] {
  const readsUsers = [...readType.user, ...readDirectory].some((permission) => roles.has(permission));
  return objects.map((object) => {
    if (readsUsers || object["@odata.type"] !== "#microsoft.graph.user") return object;
    const hidden = Object.fromEntries(Object.keys(object).map((name) => [name, null]));
    return { ...hidden, "@odata.type": object["@odata.type"], id: object.id };
  });
}
