import type { Endpoint } from "../http/endpoint";
import { badRequest } from "../http/reply";
import { boundIds } from "../odata/body";
import { newGroup } from "../state/objects";
import { collectionEndpoints } from "./collection";
import { relatedEndpoint } from "./directoryObjects";
import { relationEndpoints } from "./relations";

const readWrite = ["Group.ReadWrite.All", "Directory.ReadWrite.All"];
const readGroups = ["Group.Read.All", "GroupMember.Read.All", "Directory.Read.All", ...readWrite];
const read = [...readGroups, "GroupMember.ReadWrite.All"];
const writeMembers = ["GroupMember.ReadWrite.All", ...readWrite];

export const groupEndpoints: Endpoint[] = [
  ...collectionEndpoints({
    type: "group",
    read,
    write: readWrite,
    mayCreate: ["Group.Create", ...readWrite],
    create: (call, given) => {
      for (const name of ["displayName", "mailEnabled", "mailNickname", "securityEnabled"]) {
        if (given[name] !== undefined && given[name] !== null && given[name] !== "") continue;
        throw badRequest(`A value is required for property '${name}' of resource 'Group'.`);
      }
      check(given);
      const [owners, members] = [boundIds(call, "owners"), boundIds(call, "members")];
      const made = newGroup({ ...given, displayName: String(given["displayName"]) });
      // Graph does not add a calling application as an owner of a group, so a group can have no owner.
      for (const id of owners) call.state.owners.add(made.id, id);
      for (const id of members) call.state.members.add(made.id, id);
      return made;
    },
    update: (_call, _target, given) => check(given),
  }),
  ...relationEndpoints("group", "members", read, writeMembers),
  ...relationEndpoints("group", "owners", readGroups, readWrite, true),
  relatedEndpoint("group", "transitiveMembers", read, ({ members }, id) => members.reachable(id)),
  relatedEndpoint("group", "memberOf", read, ({ members }, id) => members.sources(id)),
  relatedEndpoint("group", "transitiveMemberOf", read, ({ members }, id) => members.reaching(id)),
];

function check(given: Record<string, unknown>): void {
  if (given["mailEnabled"] === false && given["securityEnabled"] === false) {
    throw badRequest("Invalid value specified for property 'securityEnabled' of resource 'Group'.");
  }
}
