import { orOwner, route, type Call, type Endpoint } from "../http/endpoint";
import { badRequest } from "../http/reply";
import { givenProperties } from "../odata/body";
import { createdReply, entityReply, listReply, type Shape } from "../odata/query";
import { change, propertiesOf } from "../state/objects";
import type { Objects, ObjectType } from "../state/types";

interface Collection<T extends ObjectType> {
  type: T;
  read: readonly string[];
  write: readonly string[];
  /** Permissions to create objects. Default: `write`. */
  mayCreate?: readonly string[];
  /** `Application.ReadWrite.OwnedBy` is sufficient for objects that the caller owns, and to create objects. Default: false. */
  owned?: boolean;
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
  const { type, read, write, owned = false } = collection;
  const set = `${type}s`;
  const target = (call: Call): Objects[T] => call.state.get(type, call.param("id"));
  const shape = ({ version }: Call): Shape => ({
    properties: Object.keys(propertiesOf(type)),
    defaults: collection.defaults?.(version),
  });
  const mayChange = owned ? orOwner(write) : write;
  const mayCreate = collection.mayCreate ?? (owned ? orOwner(write, true) : write);
  return [
    route(`GET /${set}`, read, (call) => listReply(call, set, call.state.all(type).values(), shape(call))),
    route(`POST /${set}`, mayCreate, (call) =>
      createdReply(call, set, call.state.add(type, collection.create(call, givenProperties(call)))),
    ),
    route(`GET /${set}/:id`, read, (call) => entityReply(call, set, target(call), shape(call))),
    route(`PATCH /${set}/:id`, mayChange, (call) => {
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
    route(`DELETE /${set}/:id`, mayChange, (call) => call.state.delete(target(call).id)),
  ];
}
