import { badRequest } from "../http/reply";

const objectUrl = /\/(?:directoryObjects|users|groups|servicePrincipals)(?:\/|\(')([0-9a-f-]{36})(?:'\))?\/?$/i;

/** The object id that an `@odata.id` (or one entry of `@odata.bind`) points at. */
export function referencedId(value: unknown): string {
  const hit = typeof value === "string" ? objectUrl.exec(value) : null;
  if (!hit?.[1]) throw badRequest(`Invalid URL format specified in @odata.id or @odata.bind: '${String(value)}'.`);
  return hit[1].toLowerCase();
}

/** Ids of a body's `<name>@odata.bind`, without duplicates being allowed. */
export function boundIds(body: Record<string, unknown>, name: string): string[] {
  const value = body[`${name}@odata.bind`];
  if (value === undefined || value === null) return [];
  const ids = (Array.isArray(value) ? value : [value]).map(referencedId);
  if (new Set(ids).size !== ids.length) {
    throw badRequest("Request contains a property with duplicate values.");
  }
  return ids;
}

/** A JSON object body; anything else is the client's mistake. */
export function objectBody(body: unknown): Record<string, unknown> {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw badRequest("Empty or invalid payload: a JSON object is expected.");
  }
  return body as Record<string, unknown>;
}
