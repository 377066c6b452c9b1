import type { Call, Endpoint } from "../http/endpoint";
import { badRequest, created, GraphError, noContent, notFound } from "../http/reply";
import { entityReply, listReply } from "../odata/query";
import { boundIds, objectBody } from "../odata/references";
import { withoutAnnotations } from "../state/newApplication";
import { newGroup } from "../state/newGroup";
import type { Entity, Group } from "../state/types";
import { relationEndpoints } from "./relations";
import { asVisible, shapes, typed } from "./shapes";

const readWrite = ["Group.ReadWrite.All", "Directory.ReadWrite.All"];
const read = [
  "Group.Read.All",
  "GroupMember.Read.All",
  "GroupMember.ReadWrite.All",
  "Directory.Read.All",
  ...readWrite,
];

export const groupEndpoints: Endpoint[] = [
  {
    method: "GET",
    path: "/groups",
    permissions: read,
    handle: (call) => listReply(call, "groups", [...call.state.groups.values()], shapes.group),
  },
  { method: "POST", path: "/groups", permissions: ["Group.Create", ...readWrite], handle: createGroup },
  {
    method: "GET",
    path: "/groups/:id",
    permissions: read,
    handle: (call) => entityReply(call, "groups", group(call), shapes.group),
  },
  {
    method: "PATCH",
    path: "/groups/:id",
    permissions: readWrite,
    handle: (call) => {
      const change = withoutAnnotations(objectBody(call.body));
      const target = group(call);
      check(change);
      Object.assign(target, change, { id: target.id });
      return noContent();
    },
  },
  {
    method: "DELETE",
    path: "/groups/:id",
    permissions: readWrite,
    handle: (call) => {
      call.state.delete(group(call).id);
      return noContent();
    },
  },
  ...relationEndpoints({
    path: "/groups/:id",
    name: "members",
    relation: (call) => call.state.members,
    require: group,
    read,
    write: ["GroupMember.ReadWrite.All", ...readWrite],
  }),
  ...relationEndpoints({
    path: "/groups/:id",
    name: "owners",
    relation: (call) => call.state.owners,
    require: group,
    read: ["Group.Read.All", "GroupMember.Read.All", "Directory.Read.All", ...readWrite],
    write: readWrite,
    keepLast: true,
  }),
  related("transitiveMembers", (call, id) => call.state.members.reachable(id)),
  related("memberOf", (call, id) => call.state.members.sources(id)),
  related("transitiveMemberOf", (call, id) => call.state.members.reaching(id)),
  {
    method: "GET",
    path: "/groups/:id/appRoleAssignments",
    permissions: ["Directory.Read.All", "AppRoleAssignment.ReadWrite.All", "Group.Read.All"],
    handle: (call) => {
      const { id } = group(call);
      const rows = [...call.state.assignments.values()].filter((one) => one.principalId === id);
      return listReply(call, "appRoleAssignments", rows);
    },
  },
];

function group(call: Call): Group {
  return call.state.group(call.params["id"] ?? "");
}

function related(name: string, ids: (call: Call, id: string) => string[]): Endpoint {
  return {
    method: "GET",
    path: `/groups/:id/${name}`,
    permissions: read,
    handle: (call) => {
      const objects: Entity[] = ids(call, group(call).id).flatMap((id) =>
        typed(call.state, id, call.query.has("$select")),
      );
      return listReply(call, "directoryObjects", asVisible(objects, call.caller.roles), shapes.directoryObject);
    },
  };
}

function createGroup(call: Call) {
  const body = objectBody(call.body);
  const owners = boundIds(body, "owners");
  const members = boundIds(body, "members");
  const given = withoutAnnotations(body) as Partial<Group>;
  for (const name of ["displayName", "mailEnabled", "mailNickname", "securityEnabled"]) {
    if (given[name] === undefined || given[name] === null || given[name] === "") {
      throw new GraphError(
        400,
        "Request_BadRequest",
        `A value is required for property '${name}' of resource 'Group'.`,
      );
    }
  }
  check(given);
  for (const id of [...owners, ...members]) if (!call.state.find(id)) throw notFound(id);
  const made = newGroup({ ...given, displayName: String(given.displayName) });
  call.state.add("group", made);
  // Graph does not add a calling application as an owner of a group, so a group can have no owner.
  for (const id of owners) call.state.owners.add(made.id, id);
  for (const id of members) call.state.members.add(made.id, id);
  return created({ "@odata.context": `${call.root}/${call.version}/$metadata#groups/$entity`, ...made });
}

function check(given: Record<string, unknown>): void {
  const known = shapes.group.properties ?? [];
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) {
      throw badRequest(`Property '${name}' does not exist as a declared property or extension property.`);
    }
  }
  const nickname = given["mailNickname"];
  if (typeof nickname === "string" && /[@()\\[\]";:<>, ]/.test(nickname)) {
    throw badRequest("Invalid value specified for property 'mailNickname' of resource 'Group'.");
  }
  if (typeof given["displayName"] === "string" && given["displayName"].length > 256) {
    throw badRequest("Invalid value specified for property 'displayName' of resource 'Group'.");
  }
  if (given["mailEnabled"] === false && given["securityEnabled"] === false) {
    throw badRequest("Invalid value specified for property 'securityEnabled' of resource 'Group'.");
  }
}
