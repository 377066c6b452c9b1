import type { Endpoint } from "../http/endpoint";
import { badRequest, created, GraphError, noContent, notFound, ok } from "../http/reply";
import { entityReply, listReply } from "../odata/query";
import { objectBody, referencedId } from "../odata/references";
import { withoutAnnotations } from "../state/newApplication";
import { newUser } from "../state/newUser";
import type { User } from "../state/types";
import { shapes, typed, userShape } from "./shapes";

const read = ["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];
const write = ["User.ReadWrite.All", "Directory.ReadWrite.All"];
const readMembership = [...read, "GroupMember.Read.All", "GroupMember.ReadWrite.All", "Group.Read.All"];

export const userEndpoints: Endpoint[] = [
  {
    method: "GET",
    path: "/users",
    permissions: read,
    handle: (call) => listReply(call, "users", [...call.state.users.values()], userShape(call.version)),
  },
  {
    method: "POST",
    path: "/users",
    permissions: write,
    handle: (call) => {
      const body = withoutAnnotations(objectBody(call.body)) as Partial<User>;
      const { userPrincipalName, displayName } = body;
      if (!userPrincipalName || !displayName || body["passwordProfile"] === undefined) {
        throw badRequest("A value is required for userPrincipalName, displayName and passwordProfile of the new user.");
      }
      if ([...call.state.users.values()].some((one) => isEqual(one.userPrincipalName, userPrincipalName))) {
        throw badRequest("Another object with the same value for property userPrincipalName already exists.");
      }
      const user = newUser({ ...body, userPrincipalName, displayName, passwordProfile: null });
      call.state.add("user", user);
      return created(user);
    },
  },
  {
    method: "GET",
    path: "/users/:id",
    permissions: read,
    handle: (call) => entityReply(call, "users", call.state.user(call.params["id"] ?? ""), userShape(call.version)),
  },
  {
    method: "PATCH",
    path: "/users/:id",
    permissions: write,
    handle: (call) => {
      const change = withoutAnnotations(objectBody(call.body));
      const user = call.state.user(call.params["id"] ?? "");
      for (const name of Object.keys(change)) {
        if (!(name in user)) throw badRequest(`Property '${name}' does not exist as a declared property.`);
      }
      Object.assign(user, change, { id: user.id });
      return noContent();
    },
  },
  {
    method: "DELETE",
    path: "/users/:id",
    permissions: write,
    handle: (call) => {
      call.state.delete(call.state.user(call.params["id"] ?? "").id);
      return noContent();
    },
  },
  {
    method: "GET",
    path: "/users/:id/manager",
    permissions: read,
    handle: (call) => {
      const user = call.state.user(call.params["id"] ?? "");
      const manager = typed(call.state, call.state.managers.get(user.id) ?? "")[0];
      if (!manager) throw notFound("manager");
      return ok({ "@odata.context": `${call.root}/${call.version}/$metadata#directoryObjects/$entity`, ...manager });
    },
  },
  {
    method: "PUT",
    path: "/users/:id/manager/$ref",
    permissions: write,
    handle: (call) => {
      const user = call.state.user(call.params["id"] ?? "");
      const manager = call.state.user(referencedId(objectBody(call.body)["@odata.id"]));
      call.state.managers.set(user.id, manager.id);
      return noContent();
    },
  },
  ...(["memberOf", "transitiveMemberOf"] as const).map((name): Endpoint => ({
    method: "GET",
    path: `/users/:id/${name}`,
    permissions: readMembership,
    handle: (call) => {
      const { id } = call.state.user(call.params["id"] ?? "");
      const ids = name === "memberOf" ? call.state.members.sources(id) : call.state.members.reaching(id);
      return listReply(
        call,
        "directoryObjects",
        ids.flatMap((one) => typed(call.state, one)),
        shapes.directoryObject,
      );
    },
  })),
  {
    method: "GET",
    path: "/users/:id/appRoleAssignments",
    permissions: ["Directory.Read.All", "AppRoleAssignment.ReadWrite.All", "User.Read.All"],
    handle: (call) => {
      const { id } = call.state.user(call.params["id"] ?? "");
      const rows = [...call.state.assignments.values()].filter((one) => one.principalId === id);
      return listReply(call, "appRoleAssignments", rows);
    },
  },
  {
    method: "GET",
    path: "/me",
    permissions: [],
    handle: () => {
      throw new GraphError(400, "BadRequest", "/me request is only valid with delegated authentication flow.");
    },
  },
];

function isEqual(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
