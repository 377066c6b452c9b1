import type { Call } from "../http/endpoint";
import { badRequest, GraphError, ok, type Reply } from "../http/reply";
import type { Entity } from "../state/types";
import { parseFilter } from "./filter";

/** Properties and page size of a type of object. */
export interface Shape {
  /** Properties that `$filter` and `$select` accept in addition to those of the entity. */
  properties?: readonly string[];
  /** Properties returned without `$select`. Default: all. */
  defaults?: readonly string[];
  /** Page size without `$top`. Default: 100. */
  pageSize?: number;
}

const largestPage = 999;

export function context({ root, version }: Call, fragment: string): { "@odata.context": string } {
  return { "@odata.context": `${root}/${version}/$metadata#${fragment}` };
}

/** Returns one entity with the properties that `$select` names. */
export function entityReply(call: Call, set: string, entity: Entity, shape: Shape = {}): Reply {
  return ok({ ...context(call, `${set}/$entity`), ...project(entity, selection(call), shape) });
}

/** Returns a new entity with status 201. */
export function createdReply(call: Call, set: string, entity: Entity): Reply {
  return { status: 201, body: { ...context(call, `${set}/$entity`), ...entity } };
}

/** Returns a page of a collection. Applies $filter, $search, $orderby, $count, $top, $skiptoken and $select. */
export function listReply(call: Call, set: string, entities: Iterable<Entity>, shape: Shape = {}): Reply {
  const counted = call.query.get("$count")?.toLowerCase() === "true";
  const rows = ordered(call, searched(call, filtered(call, [...entities], shape, counted), counted));
  const offset = readSkipToken(call.query.get("$skiptoken"));
  const end = offset + pageSize(call.query.get("$top"), shape.pageSize ?? 100);
  const fields = selection(call);
  return ok({
    ...context(call, set),
    "@odata.count": counted ? rows.length : undefined,
    "@odata.nextLink": end < rows.length ? nextLink(call, end) : undefined,
    value: rows.slice(offset, end).map((row) => project(row, fields, shape)),
  });
}

function filtered(call: Call, entities: Entity[], shape: Shape, counted: boolean): Entity[] {
  const text = call.query.get("$filter");
  if (text === null) return entities;
  const isProperty = (name: string): boolean =>
    shape.properties?.includes(name) === true || entities.length === 0 || entities.some((row) => name in row);
  const filter = parseFilter(text, isProperty);
  if (filter.advanced && !counted) {
    const message = "The specified filter needs the header 'ConsistencyLevel: eventual' and $count=true.";
    throw new GraphError(400, "Request_UnsupportedQuery", message);
  }
  return entities.filter(filter.matches);
}

function searched(call: Call, rows: Entity[], counted: boolean): Entity[] {
  const text = call.query.get("$search");
  if (text === null) return rows;
  const [, property, wanted = ""] = /^"(\w+):(.*)"$/.exec(text) ?? [];
  if (!property || !counted) throw badRequest('Syntax error: $search needs "property:value" and $count=true.');
  return rows.filter((row) => textOf(row[property]).toLowerCase().includes(wanted.toLowerCase()));
}

function ordered(call: Call, rows: Entity[]): Entity[] {
  const order = call.query.get("$orderby");
  if (order === null) return rows;
  const [property = "", direction = "asc"] = order.split(" ");
  const sign = direction.toLowerCase() === "desc" ? -1 : 1;
  return [...rows].sort((a, b) => sign * textOf(a[property]).localeCompare(textOf(b[property])));
}

function textOf(value: unknown): string {
  return String(value ?? "");
}

function pageSize(top: string | null, size: number): number {
  if (top === null) return size;
  const value = Number(top);
  if (Number.isInteger(value) && value >= 1 && value <= largestPage) return value;
  throw badRequest(`Invalid page size specified: '${top}'. Must be between 1 and ${largestPage} inclusive.`);
}

function readSkipToken(token: string | null): number {
  if (token === null) return 0;
  const hit = /^page:(\d+)$/.exec(Buffer.from(token, "base64url").toString("utf8"));
  if (!hit) throw new GraphError(400, "Directory_ExpiredPageToken", "The specified page token value has expired.");
  return Number(hit[1]);
}

function nextLink(call: Call, offset: number): string {
  const query = new URLSearchParams(call.query);
  query.set("$skiptoken", Buffer.from(`page:${offset}`).toString("base64url"));
  return `${call.root}${call.url.pathname}?${query.toString()}`;
}

function selection(call: Call): string[] | undefined {
  return call.query
    .get("$select")
    ?.split(",")
    .map((name) => name.trim());
}

function project(entity: Entity, fields: string[] | undefined, shape: Shape): Record<string, unknown> {
  const names = fields ?? shape.defaults;
  if (!names) return entity;
  const unknown = names.find((name) => !(name in entity) && !shape.properties?.includes(name));
  if (unknown !== undefined) {
    throw badRequest(`Parsing OData Select and Expand failed: Could not find a property named '${unknown}'.`);
  }
  const annotations = Object.keys(entity).filter((name) => name.startsWith("@odata."));
  return Object.fromEntries([...annotations, ...names].map((name) => [name, entity[name] ?? null]));
}
