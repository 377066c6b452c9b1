import { route, type Access, type Call, type Endpoint } from "../http/endpoint";
import { badRequest } from "../http/reply";
import { givenProperties } from "../odata/body";
import { createdReply, entityReply, listReply, type Shape } from "../odata/query";
import { change, propertiesOf } from "../state/objects";
import type { Objects, ObjectType } from "../state/types";

interface Collection<T extends ObjectType> {
  type: T;
  read: Access;
  write: Access;
  /** Who may create objects. Default: `write`. */
  mayCreate?: Access;
  /** Properties returned without `$select`. Default: all. */
  defaults?: (version: string) => readonly string[] | undefined;
  create(call: Call, given: Record<string, unknown>): Objects[T];
  /** Checks and completes a change before it applies, and returns what to do afterwards. */
  update?(call: Call, target: Objects[T], given: Record<string, unknown>): (() => void) | void;
}

const readOnly = [
  "id",
  "appId",
  "applicationTemplateId",
  "createdDateTime",
  "deletedDateTime",
  "passwordCredentials",
  "publisherDomain",
];

/** Creates the endpoints that list, create, read, update and delete the objects of a type. */
export function collectionEndpoints<T extends ObjectType>(collection: Collection<T>): Endpoint[] {
  const { type, read, write, mayCreate = write } = collection;
  const set = `${type}s`;
  const target = (call: Call): Objects[T] => call.state.get(type, call.param("id"));
  const shape = ({ version }: Call): Shape => ({
    properties: Object.keys(propertiesOf(type)),
    defaults: collection.defaults?.(version),
  });
  return [
    route(`GET /${set}`, read, (call) => listReply(call, set, call.state.all(type).values(), shape(call))),
    route(`POST /${set}`, mayCreate, (call) =>
      createdReply(call, set, call.state.add(type, collection.create(call, givenProperties(call)))),
    ),
    route(`GET /${set}/:id`, read, (call) => entityReply(call, set, target(call), shape(call))),
    route(`PATCH /${set}/:id`, write, (call) => {
      const object: Record<string, unknown> = target(call);
      const given = givenProperties(call);
      for (const name of readOnly.filter((one) => one in given)) {
        if (JSON.stringify(given[name]) === JSON.stringify(object[name])) delete given[name];
        else throw badRequest(`Property '${name}' is read-only and cannot be set.`);
      }
      const afterwards = collection.update?.(call, target(call), given);
      change(type, object, given);
      afterwards?.();
    }),
    route(`DELETE /${set}/:id`, write, (call) => call.state.delete(target(call).id)),
  ];
}
