import type { Call, Endpoint } from "../http/endpoint";
import { badRequest, noContent, notFound } from "../http/reply";
import { listReply } from "../odata/query";
import { objectBody, referencedId } from "../odata/references";
import type { Relation } from "../state/relation";
import { asVisible, shapes, typed } from "./shapes";

interface RelationOptions {
  /** Path of the object, e.g. /groups/:id. */
  path: string;
  name: "members" | "owners";
  relation: (call: Call) => Relation;
  /** Throws Graph's 404 if the object does not exist. */
  require: (call: Call) => unknown;
  read: readonly string[];
  write: readonly string[];
  ownedObject?: string;
  /** Rejects the removal of the last user. Default: false. */
  keepLast?: boolean;
}

/** Creates endpoints that list, add (`$ref`) and remove (`/{id}/$ref`) the related objects of an object. */
export function relationEndpoints(options: RelationOptions): Endpoint[] {
  const { path, name, relation, require, read, write } = options;
  const ownership = options.ownedObject === undefined ? {} : { ownedObject: options.ownedObject };
  return [
    {
      method: "GET",
      path: `${path}/${name}`,
      permissions: read,
      ...ownership,
      handle: (call) => {
        require(call);
        const ids = relation(call).targets(call.params["id"] ?? "");
        const objects = ids.flatMap((id) => typed(call.state, id, call.query.has("$select")));
        return listReply(call, "directoryObjects", asVisible(objects, call.caller.roles), shapes.directoryObject);
      },
    },
    {
      method: "POST",
      path: `${path}/${name}/$ref`,
      permissions: write,
      ...ownership,
      handle: (call) => {
        require(call);
        const id = referencedId(objectBody(call.body)["@odata.id"]);
        if (!call.state.find(id)) throw notFound(id);
        if (!relation(call).add(call.params["id"] ?? "", id)) {
          throw badRequest(
            `One or more added object references already exist for the following modified properties: '${name}'.`,
          );
        }
        return noContent();
      },
    },
    {
      method: "DELETE",
      path: `${path}/${name}/:other/$ref`,
      permissions: write,
      ...ownership,
      handle: (call) => {
        require(call);
        const [id, other] = [call.params["id"] ?? "", call.params["other"] ?? ""];
        const targets = relation(call).targets(id);
        if (!targets.includes(other)) throw notFound(other);
        const usersOnly = targets.filter((one) => call.state.users.has(one));
        if (options.keepLast === true && usersOnly.length === 1 && usersOnly[0] === other) {
          throw badRequest("The group must have at least one owner, hence this owner cannot be removed.");
        }
        relation(call).remove(id, other);
        return noContent();
      },
    },
  ];
}
