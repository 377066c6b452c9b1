import { randomBytes, randomUUID } from "node:crypto";

import type { Call, Endpoint } from "../http/endpoint";
import { badRequest, created, GraphError, noContent, notFound } from "../http/reply";
import { entityReply, listReply } from "../odata/query";
import { objectBody } from "../odata/references";
import type { Directory } from "../state/directory";
import { withoutAnnotations } from "../state/newApplication";
import type { AppRoleAssignment, Entity, ServicePrincipal } from "../state/types";
import { defaultAccessRoleId } from "../state/wellKnown";
import { servicePrincipal } from "./servicePrincipals";

const readAssignments = [
  "Application.Read.All",
  "Application.ReadWrite.All",
  "Directory.Read.All",
  "AppRoleAssignment.ReadWrite.All",
];
const writeAssignments = ["AppRoleAssignment.ReadWrite.All"];
const readGrants = [
  "Directory.Read.All",
  "DelegatedPermissionGrant.Read.All",
  "DelegatedPermissionGrant.ReadWrite.All",
];
const writeGrants = ["DelegatedPermissionGrant.ReadWrite.All"];

export const assignmentEndpoints: Endpoint[] = [
  {
    method: "GET",
    path: "/servicePrincipals/:id/appRoleAssignedTo",
    permissions: readAssignments,
    ownedObject: "id",
    handle: (call) => {
      const { id } = servicePrincipal(call);
      const rows = [...call.state.assignments.values()].filter((one) => one.resourceId === id);
      return listReply(call, "appRoleAssignments", rows);
    },
  },
  {
    method: "POST",
    path: "/servicePrincipals/:id/appRoleAssignedTo",
    permissions: writeAssignments,
    alsoRequires: [
      "Application.Read.All",
      "Application.ReadWrite.All",
      "Directory.Read.All",
      "Directory.ReadWrite.All",
    ],
    handle: (call) => {
      const body = objectBody(call.body);
      const made = assign(call.state, servicePrincipal(call), {
        principalId: String(body["principalId"] ?? ""),
        resourceId: String(body["resourceId"] ?? ""),
        appRoleId: String(body["appRoleId"] ?? ""),
      });
      return created({
        "@odata.context": `${call.root}/${call.version}/$metadata#appRoleAssignments/$entity`,
        ...made,
      });
    },
  },
  {
    method: "GET",
    path: "/servicePrincipals/:id/appRoleAssignedTo/:assignment",
    permissions: readAssignments,
    ownedObject: "id",
    handle: (call) => entityReply(call, "appRoleAssignments", assignment(call)),
  },
  {
    method: "DELETE",
    path: "/servicePrincipals/:id/appRoleAssignedTo/:assignment",
    permissions: writeAssignments,
    handle: (call) => {
      call.state.assignments.delete(assignment(call).id);
      return noContent();
    },
  },
  {
    method: "GET",
    path: "/servicePrincipals/:id/appRoleAssignments",
    permissions: readAssignments,
    ownedObject: "id",
    handle: (call) => {
      const { id } = servicePrincipal(call);
      const rows = [...call.state.assignments.values()].filter((one) => one.principalId === id);
      return listReply(call, "appRoleAssignments", rows);
    },
  },
  {
    method: "GET",
    path: "/oauth2PermissionGrants",
    permissions: readGrants,
    handle: (call) => listReply(call, "oauth2PermissionGrants", [...call.state.grants.values()]),
  },
  { method: "POST", path: "/oauth2PermissionGrants", permissions: writeGrants, handle: createGrant },
  {
    method: "GET",
    path: "/oauth2PermissionGrants/:grant",
    permissions: readGrants,
    handle: (call) => entityReply(call, "oauth2PermissionGrants", grant(call)),
  },
  {
    method: "PATCH",
    path: "/oauth2PermissionGrants/:grant",
    permissions: writeGrants,
    handle: (call) => {
      Object.assign(grant(call), { scope: objectBody(call.body)["scope"] ?? null });
      return noContent();
    },
  },
  {
    method: "DELETE",
    path: "/oauth2PermissionGrants/:grant",
    permissions: writeGrants,
    handle: (call) => {
      call.state.grants.delete(grant(call).id);
      return noContent();
    },
  },
];

/**
 * Assigns a principal to an app role of an application. Like Graph, rejects an unknown role, a duplicate assignment,
 * and the zero id if the application has roles for this type of principal.
 */
export function assign(
  directory: Directory,
  resource: ServicePrincipal,
  given: { principalId: string; resourceId: string; appRoleId: string },
): AppRoleAssignment {
  if (given.resourceId !== resource.id) throw badRequest("The resourceId must be the object of the request's path.");
  const found = directory.find(given.principalId);
  if (!found || found.type === "application") {
    throw new GraphError(400, "Request_BadRequest", "Not a valid reference update.");
  }
  const memberType = found.type === "servicePrincipal" ? "Application" : "User";
  const usable = resource.appRoles.filter((role) => role.isEnabled && role.allowedMemberTypes.includes(memberType));
  const known =
    given.appRoleId === defaultAccessRoleId ? usable.length === 0 : usable.some((role) => role.id === given.appRoleId);
  if (!known) {
    throw badRequest(
      "Permission being assigned was not found on application " +
        `'${resource.displayName}' (appRoleId '${given.appRoleId}').`,
    );
  }
  const twice = [...directory.assignments.values()].some(
    (one) =>
      one.principalId === given.principalId && one.resourceId === resource.id && one.appRoleId === given.appRoleId,
  );
  if (twice) throw badRequest("Permission being assigned already exists on the object");
  const made: AppRoleAssignment = {
    id: randomBytes(32).toString("base64url"),
    deletedDateTime: null,
    appRoleId: given.appRoleId,
    createdDateTime: new Date().toISOString(),
    principalDisplayName: String(found.object["displayName"]),
    principalId: given.principalId,
    principalType: found.type === "user" ? "User" : found.type === "group" ? "Group" : "ServicePrincipal",
    resourceDisplayName: resource.displayName,
    resourceId: resource.id,
  };
  directory.assignments.set(made.id, made);
  return made;
}

function assignment(call: Call): AppRoleAssignment {
  const { id } = servicePrincipal(call);
  const found = call.state.assignments.get(call.params["assignment"] ?? "");
  if (!found || found.resourceId !== id) throw notFound(call.params["assignment"] ?? "");
  return found;
}

function grant(call: Call): Entity {
  const found = call.state.grants.get(call.params["grant"] ?? "");
  if (!found) throw notFound(call.params["grant"] ?? "");
  return found;
}

function createGrant(call: Call) {
  const body = withoutAnnotations(objectBody(call.body));
  for (const name of ["clientId", "resourceId"]) {
    const id = String(body[name] ?? "");
    if (!call.state.servicePrincipals.has(id)) throw notFound(id);
  }
  const consentType = body["consentType"];
  if (consentType !== "AllPrincipals" && consentType !== "Principal") {
    throw badRequest("Invalid value specified for property 'consentType' of resource 'OAuth2PermissionGrant'.");
  }
  const key = (one: Record<string, unknown>) =>
    JSON.stringify([one["clientId"], one["resourceId"], one["consentType"], one["principalId"] ?? null]);
  if ([...call.state.grants.values()].some((one) => key(one) === key(body))) {
    throw new GraphError(409, "Request_MultipleObjectsWithSameKeyValue", "Permission entry already exists.");
  }
  const made: Entity = {
    clientId: body["clientId"],
    consentType,
    id: `${randomBytes(24).toString("base64url")}-${randomUUID().slice(0, 8)}`,
    principalId: body["principalId"] ?? null,
    resourceId: body["resourceId"],
    scope: body["scope"] ?? null,
  };
  call.state.grants.set(made.id, made);
  return created({
    "@odata.context": `${call.root}/${call.version}/$metadata#oauth2PermissionGrants/$entity`,
    ...made,
  });
}
