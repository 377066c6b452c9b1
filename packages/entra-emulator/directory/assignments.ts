import { randomBytes } from "node:crypto";

import { orOwner, route, type Access, type Call, type Endpoint } from "../http/endpoint";
import { badRequest, notFound } from "../http/reply";
import { objectBody } from "../odata/body";
import { createdReply, entityReply, listReply } from "../odata/query";
import type { TenantState } from "../state/tenant";
import type { AppRoleAssignment, ObjectType, ServicePrincipal } from "../state/types";
import { defaultAccessRoleId } from "../state/wellKnown";

const set = "appRoleAssignments";
const assignedTo = "/servicePrincipals/:id/appRoleAssignedTo";
const write = ["AppRoleAssignment.ReadWrite.All"];
const readResource = ["Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All"];
const read = [...readResource, ...write];
const principalTypes = { user: "User", group: "Group", servicePrincipal: "ServicePrincipal" } as const;

export const assignmentEndpoints: Endpoint[] = [
  assignmentList("servicePrincipal", "appRoleAssignedTo", "resourceId", orOwner(read)),
  assignmentList("servicePrincipal", set, "principalId", orOwner(read)),
  assignmentList("user", set, "principalId", ["Directory.Read.All", "User.Read.All", ...write]),
  assignmentList("group", set, "principalId", ["Directory.Read.All", "Group.Read.All", ...write]),
  route(
    `POST ${assignedTo}`,
    { permissions: write, alsoRequires: [...readResource, "Directory.ReadWrite.All"] },
    (call) => createdReply(call, set, assign(call.state, resource(call), objectBody(call.body))),
  ),
  route(`GET ${assignedTo}/:assignment`, orOwner(read), (call) => entityReply(call, set, assignment(call))),
  route(`DELETE ${assignedTo}/:assignment`, write, (call) => {
    call.state.assignments.delete(assignment(call).id);
  }),
];

function assignmentList(type: ObjectType, name: string, end: "principalId" | "resourceId", access: Access): Endpoint {
  return route(`GET /${type}s/:id/${name}`, access, (call) => {
    const { id } = call.state.get(type, call.param("id"));
    const assignments = [...call.state.assignments.values()].filter((one) => one[end] === id);
    return listReply(call, set, assignments);
  });
}

function resource({ state, param }: Call): ServicePrincipal {
  return state.servicePrincipal(param("id"));
}

function assignment(call: Call): AppRoleAssignment {
  const found = call.state.assignments.get(call.param("assignment"));
  if (found?.resourceId !== resource(call).id) throw notFound(call.param("assignment"));
  return found;
}

/**
 * Assigns a principal to an app role of an application. Like Graph, rejects an unknown role, a duplicate assignment,
 * and the zero id if the application has roles for this type of principal.
 */
export function assign(
  state: TenantState,
  resource: ServicePrincipal,
  given: Record<string, unknown>,
): AppRoleAssignment {
  const [principalId, appRoleId] = [String(given["principalId"]), String(given["appRoleId"])];
  if (given["resourceId"] !== resource.id) throw badRequest("The resourceId must be the object of the request's path.");
  const found = state.find(principalId);
  if (!found || found.type === "application") throw badRequest("Not a valid reference update.");
  const memberType = found.type === "servicePrincipal" ? "Application" : "User";
  const usable = resource.appRoles.filter((role) => role.isEnabled && role.allowedMemberTypes.includes(memberType));
  const isKnown =
    appRoleId === defaultAccessRoleId ? usable.length === 0 : usable.some((role) => role.id === appRoleId);
  if (!isKnown) {
    throw badRequest(
      `Permission being assigned was not found on application '${resource.displayName}' (appRoleId '${appRoleId}').`,
    );
  }
  const isTwice = [...state.assignments.values()].some(
    (one) => one.principalId === principalId && one.resourceId === resource.id && one.appRoleId === appRoleId,
  );
  if (isTwice) throw badRequest("Permission being assigned already exists on the object");
  const made: AppRoleAssignment = {
    id: randomBytes(32).toString("base64url"),
    deletedDateTime: null,
    appRoleId,
    createdDateTime: new Date().toISOString(),
    principalDisplayName: String(found.object.displayName),
    principalId,
    principalType: principalTypes[found.type],
    resourceDisplayName: resource.displayName,
    resourceId: resource.id,
  };
  state.assignments.set(made.id, made);
  return made;
}
