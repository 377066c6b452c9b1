import { route, type Endpoint } from "../http/endpoint";
import { badRequest, GraphError } from "../http/reply";
import { objectBody, referencedId } from "../odata/body";
import { newUser } from "../state/objects";
import { collectionEndpoints } from "./collection";
import { managerReply, relatedEndpoint, userDefaults } from "./directoryObjects";

const read = ["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];
const write = ["User.ReadWrite.All", "Directory.ReadWrite.All"];
const readMembership = [...read, "GroupMember.Read.All", "GroupMember.ReadWrite.All", "Group.Read.All"];

export const userEndpoints: Endpoint[] = [
  ...collectionEndpoints({
    type: "user",
    read,
    write,
    defaults: (version) => (version === "beta" ? undefined : userDefaults),
    create: ({ state }, { userPrincipalName, displayName, passwordProfile, ...given }) => {
      if (!userPrincipalName || !displayName || passwordProfile === undefined) {
        throw badRequest("A value is required for userPrincipalName, displayName and passwordProfile of the new user.");
      }
      const upn = String(userPrincipalName);
      if ([...state.users.values()].some((one) => one.userPrincipalName.toLowerCase() === upn.toLowerCase())) {
        throw badRequest("Another object with the same value for property userPrincipalName already exists.");
      }
      return newUser({ ...given, userPrincipalName: upn, displayName: String(displayName) });
    },
  }),
  route("GET /users/:id/manager", read, managerReply),
  route("PUT /users/:id/manager/$ref", write, (call) => {
    const manager = call.state.user(referencedId(call, objectBody(call.body)["@odata.id"]));
    call.state.managers.set(call.state.user(call.param("id")).id, manager.id);
  }),
  relatedEndpoint("user", "memberOf", readMembership, ({ members }, id) => members.sources(id)),
  relatedEndpoint("user", "transitiveMemberOf", readMembership, ({ members }, id) => members.reaching(id)),
  route("GET /me", [], () => {
    throw new GraphError(400, "BadRequest", "/me request is only valid with delegated authentication flow.");
  }),
];
