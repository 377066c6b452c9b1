import type { Call, Endpoint } from "../http/endpoint";
import { badRequest, created, GraphError, noContent, notFound, ok } from "../http/reply";
import { entityReply, listReply } from "../odata/query";
import { objectBody } from "../odata/references";
import type { Entity, ObjectType } from "../state/types";
import { typed } from "./shapes";

const readDirectory = ["Directory.Read.All", "Directory.ReadWrite.All"];

/** Permissions to read an object by its type. A directory permission is sufficient for every type. */
const readType: Record<ObjectType, string[]> = {
  user: ["User.Read.All", "User.ReadWrite.All"],
  group: ["Group.Read.All", "Group.ReadWrite.All", "GroupMember.Read.All", "GroupMember.ReadWrite.All"],
  application: ["Application.Read.All", "Application.ReadWrite.All", "Application.ReadWrite.OwnedBy"],
  servicePrincipal: ["Application.Read.All", "Application.ReadWrite.All", "Application.ReadWrite.OwnedBy"],
};

export const organizationEndpoints: Endpoint[] = [
  {
    method: "GET",
    path: "/organization",
    permissions: ["Organization.Read.All", "User.Read.All", ...readDirectory],
    handle: (call) => listReply(call, "organization", [organization(call)]),
  },
  {
    method: "GET",
    path: "/domains",
    permissions: ["Domain.Read.All", ...readDirectory],
    handle: (call) => listReply(call, "domains", call.state.domains),
  },
  {
    method: "GET",
    path: "/domains/:id",
    permissions: ["Domain.Read.All", ...readDirectory],
    handle: (call) => {
      const domain = call.state.domains.find((one) => one.id === call.params["id"]?.toLowerCase());
      if (!domain) throw notFound(call.params["id"] ?? "");
      return entityReply(call, "domains", domain);
    },
  },
  {
    method: "GET",
    path: "/directoryObjects/:id",
    permissions: [...readDirectory, ...Object.values(readType).flat()],
    handle: (call) => {
      const found = call.state.find(call.params["id"] ?? "");
      if (!found) throw notFound(call.params["id"] ?? "");
      const enough = [...readDirectory, ...readType[found.type]];
      if (!enough.some((one) => call.caller.roles.has(one))) {
        throw new GraphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.");
      }
      const object = typed(call.state, found.object.id)[0] as Entity;
      return entityReply(call, "directoryObjects", object);
    },
  },
  {
    method: "POST",
    path: "/directoryObjects/getByIds",
    permissions: readDirectory,
    handle: (call) => {
      const ids = (objectBody(call.body)["ids"] ?? []) as string[];
      return ok({ value: ids.flatMap((id) => typed(call.state, id)) });
    },
  },
  ...["users", "groups", "servicePrincipals", "directoryObjects"].map(checkMemberGroups),
  deletedItems("user", "User.ReadWrite.All"),
  deletedItems("application", "Application.ReadWrite.All"),
  deletedItems("servicePrincipal", "Application.ReadWrite.All"),
  {
    method: "POST",
    path: "/directory/deletedItems/:id/restore",
    permissions: ["Application.ReadWrite.All", "User.ReadWrite.All"],
    handle: (call) => created(call.state.restore(call.params["id"] ?? "")),
  },
  {
    method: "DELETE",
    path: "/directory/deletedItems/:id",
    permissions: ["Application.ReadWrite.All", "User.ReadWrite.All"],
    handle: (call) => {
      call.state.purge(call.params["id"] ?? "");
      return noContent();
    },
  },
];

/** Handles `checkMemberGroups`: returns the requested groups that contain the object directly or through nested groups. */
function checkMemberGroups(collection: string): Endpoint {
  return {
    method: "POST",
    path: `/${collection}/:id/checkMemberGroups`,
    permissions: [...readDirectory, ...readType.group, ...readType.user],
    handle: (call) => {
      const id = call.params["id"] ?? "";
      const found = collection === "users" ? { object: call.state.user(id) } : call.state.find(id);
      if (!found) throw notFound(id);
      const asked = objectBody(call.body)["groupIds"];
      if (!Array.isArray(asked) || asked.length === 0 || asked.length > 20) {
        throw badRequest("groupIds must hold from 1 to 20 ids of groups.");
      }
      const groups = new Set(call.state.members.reaching(found.object.id));
      return ok({ value: asked.filter((one) => groups.has(String(one))) });
    },
  };
}

function deletedItems(type: ObjectType, permission: string): Endpoint {
  return {
    method: "GET",
    path: `/directory/deletedItems/microsoft.graph.${type}`,
    permissions: [permission, ...readDirectory],
    handle: (call) => {
      const rows = [...call.state.deleted.values()].filter((one) => one.type === type).map((one) => one.object);
      return listReply(call, "directory/deletedItems", rows);
    },
  };
}

function organization(call: Call): Entity {
  return {
    id: call.state.tenantId,
    deletedDateTime: null,
    countryLetterCode: "US",
    displayName: call.state.displayName,
    onPremisesSyncEnabled: null,
    tenantType: "AAD",
    verifiedDomains: call.state.domains.map((domain) => ({
      capabilities: "Email, OfficeCommunicationsOnline",
      isDefault: domain.isDefault,
      isInitial: domain.isInitial,
      name: domain.id,
      type: "Managed",
    })),
  };
}
