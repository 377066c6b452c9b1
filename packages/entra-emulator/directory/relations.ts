import { route, type Access, type Endpoint } from "../http/endpoint";
import { badRequest, notFound } from "../http/reply";
import { objectBody, referencedId } from "../odata/body";
import type { ObjectType } from "../state/types";
import { relatedEndpoint } from "./directoryObjects";

/**
 * Creates endpoints that list, add (`$ref`) and remove (`/{id}/$ref`) the related objects of an object.
 * `keepLast` rejects the removal of the last user.
 */
export function relationEndpoints(
  type: ObjectType,
  name: "members" | "owners",
  read: Access,
  write: Access,
  keepLast = false,
): Endpoint[] {
  const path = `/${type}s/:id/${name}` as const;
  return [
    relatedEndpoint(type, name, read, (state, id) => state[name].targets(id)),
    route(`POST ${path}/$ref`, write, (call) => {
      const { id } = call.state.get(type, call.param("id"));
      if (call.state[name].add(id, referencedId(call, objectBody(call.body)["@odata.id"]))) return;
      throw badRequest(
        `One or more added object references already exist for the following modified properties: '${name}'.`,
      );
    }),
    route(`DELETE ${path}/:other/$ref`, write, ({ state, param }) => {
      const { id } = state.get(type, param("id"));
      const other = param("other");
      if (!state[name].has(id, other)) throw notFound(other);
      const users = state[name].targets(id).filter((one) => state.users.has(one));
      if (keepLast && users.length === 1 && users[0] === other) {
        throw badRequest("The group must have at least one owner, hence this owner cannot be removed.");
      }
      state[name].remove(id, other);
    }),
  ];
}
