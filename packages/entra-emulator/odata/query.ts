import { badRequest, GraphError, ok, type Reply } from "../http/reply";
import type { Call } from "../http/endpoint";
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

/** Returns one entity with the properties that `$select` names. */
export function entityReply(call: Call, set: string, entity: Entity, shape: Shape = {}): Reply {
  const body = project(entity, selection(call), shape);
  return ok({ "@odata.context": `${call.root}/${call.version}/$metadata#${set}/$entity`, ...body });
}

/** Returns a page of a collection. Applies $filter, $search, $orderby, $count, $top, $skiptoken and $select. */
export function listReply(call: Call, set: string, entities: readonly Entity[], shape: Shape = {}): Reply {
  const counted = call.query.get("$count")?.toLowerCase() === "true";
  let rows = filtered(call, entities, shape, counted);
  rows = searched(call, rows, counted);
  rows = ordered(call, rows);
  const offset = readSkipToken(call.query.get("$skiptoken"));
  const size = pageSize(call.query.get("$top"), shape.pageSize ?? 100);
  const fields = selection(call);
  const page = rows.slice(offset, offset + size).map((row) => project(row, fields, shape));
  return ok({
    "@odata.context": `${call.root}/${call.version}/$metadata#${set}`,
    ...(counted ? { "@odata.count": rows.length } : {}),
    ...(offset + size < rows.length ? { "@odata.nextLink": nextLink(call, offset + size) } : {}),
    value: page,
  });
}

function filtered(call: Call, entities: readonly Entity[], shape: Shape, counted: boolean): Entity[] {
  const text = call.query.get("$filter");
  if (text === null) return [...entities];
  const isProperty = (name: string): boolean =>
    (shape.properties?.includes(name) ?? false) || entities.length === 0 || entities.some((row) => name in row);
  const filter = parseFilter(text, isProperty);
  if (filter.advanced && !counted) {
    throw new GraphError(
      400,
      "Request_UnsupportedQuery",
      "The specified filter needs the header 'ConsistencyLevel: eventual' and $count=true.",
    );
  }
  return entities.filter(filter.matches);
}

function searched(call: Call, rows: Entity[], counted: boolean): Entity[] {
  const text = call.query.get("$search");
  if (text === null) return rows;
  const hit = /^"(\w+):(.*)"$/.exec(text);
  if (!hit?.[1] || !counted) throw badRequest('Syntax error: $search needs "property:value" and $count=true.');
  const [property, wanted] = [hit[1], (hit[2] ?? "").toLowerCase()];
  return rows.filter((row) =>
    String(row[property] ?? "")
      .toLowerCase()
      .includes(wanted),
  );
}

function ordered(call: Call, rows: Entity[]): Entity[] {
  const order = call.query.get("$orderby");
  if (order === null) return rows;
  const [property = "", direction = "asc"] = order.split(" ");
  const sign = direction.toLowerCase() === "desc" ? -1 : 1;
  return [...rows].sort((a, b) => sign * String(a[property] ?? "").localeCompare(String(b[property] ?? "")));
}

function pageSize(top: string | null, size: number): number {
  if (top === null) return size;
  const value = Number(top);
  if (!Number.isInteger(value) || value < 1 || value > largestPage) {
    throw badRequest(`Invalid page size specified: '${top}'. Must be between 1 and ${largestPage} inclusive.`);
  }
  return value;
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

function selection(call: Call): string[] | null {
  const select = call.query.get("$select");
  return select === null ? null : select.split(",").map((name) => name.trim());
}

function project(entity: Entity, fields: string[] | null, shape: Shape): Record<string, unknown> {
  const annotations = Object.fromEntries(Object.entries(entity).filter(([name]) => name.startsWith("@odata.")));
  const names = fields ?? shape.defaults;
  if (!names) return { ...entity };
  for (const name of names) {
    if (!(name in entity) && !shape.properties?.includes(name)) {
      throw badRequest(`Parsing OData Select and Expand failed: Could not find a property named '${name}'.`);
    }
  }
  return { ...annotations, ...Object.fromEntries(names.map((name) => [name, entity[name] ?? null])) };
}
