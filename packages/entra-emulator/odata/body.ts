import type { Call } from "../http/endpoint";
import { badRequest, notFound } from "../http/reply";
import { isObject } from "../json";

const objectUrl = /\/(?:directoryObjects|users|groups|servicePrincipals)(?:\/|\(')([0-9a-f-]{36})(?:'\))?\/?$/i;

/** Returns a JSON value as an object. Throws Graph's 400 if it is not one. */
export function objectBody(body: unknown): Record<string, unknown> {
  if (isObject(body)) return body;
  throw badRequest("Empty or invalid payload: a JSON object is expected.");
}

/** Returns the properties in the body, without `@odata.*` members at every level, because Graph does not store them. */
export function givenProperties({ body }: Call): Record<string, unknown> {
  return objectBody(withoutAnnotations(objectBody(body)));
}

function withoutAnnotations(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAnnotations);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([name]) => !name.includes("@odata."));
  return Object.fromEntries(entries.map(([name, one]) => [name, withoutAnnotations(one)]));
}

/** Returns the id of the existing object in an `@odata.id` or in one entry of `@odata.bind`. Throws Graph's 400 or 404. */
export function referencedId(call: Call, value: unknown): string {
  const id = typeof value === "string" ? objectUrl.exec(value)?.[1]?.toLowerCase() : undefined;
  if (!id) throw badRequest(`Invalid URL format specified in @odata.id or @odata.bind: '${String(value)}'.`);
  if (!call.state.find(id)) throw notFound(id);
  return id;
}

/** Returns the object ids in `<name>@odata.bind` of the body. Throws Graph's 400 for duplicates. */
export function boundIds(call: Call, name: string): string[] {
  const bound = objectBody(call.body)[`${name}@odata.bind`] ?? [];
  const ids = [bound].flat().map((one) => referencedId(call, one));
  if (new Set(ids).size !== ids.length) throw badRequest("Request contains a property with duplicate values.");
  return ids;
}
