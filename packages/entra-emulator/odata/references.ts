import { badRequest } from "../http/reply";

const objectUrl = /\/(?:directoryObjects|users|groups|servicePrincipals)(?:\/|\(')([0-9a-f-]{36})(?:'\))?\/?$/i;

/** Returns the object id in an `@odata.id` or in one entry of `@odata.bind`. Throws Graph's 400 for an invalid URL. */
export function referencedId(value: unknown): string {
  const hit = typeof value === "string" ? objectUrl.exec(value) : null;
  if (!hit?.[1]) throw badRequest(`Invalid URL format specified in @odata.id or @odata.bind: '${String(value)}'.`);
  return hit[1].toLowerCase();
}

/** Returns the object ids in `<name>@odata.bind` of a body. Throws Graph's 400 for duplicates. */
export function boundIds(body: Record<string, unknown>, name: string): string[] {
  const value = body[`${name}@odata.bind`];
  if (value === undefined || value === null) return [];
  const ids = (Array.isArray(value) ? value : [value]).map(referencedId);
  if (new Set(ids).size !== ids.length) {
    throw badRequest("Request contains a property with duplicate values.");
  }
  return ids;
}

/** Returns the body as an object. Throws Graph's 400 if it is not a JSON object. */
export function objectBody(body: unknown): Record<string, unknown> {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw badRequest("Empty or invalid payload: a JSON object is expected.");
  }
  return body as Record<string, unknown>;
}
