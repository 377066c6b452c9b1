import { isObject, type Json } from "../json";

/** Location of a target attribute in a SCIM resource, e.g. `emails[type eq "work"].value`. */
interface ScimPath {
  /** Extension schema; null for the core schema. */
  schema: string | null;
  attribute: string;
  /** Selects one element of a multi-valued attribute. */
  filter: { attribute: string; value: string } | null;
  sub: string | null;
}

const pattern = /^(?:(urn:[^[\]]+):)?([A-Za-z$]\w*)(?:\[(\w+) eq "([^"]*)"\])?(?:\.(\w+))?$/;

export function parsePath(text: string): ScimPath {
  const [, schema = null, attribute, filterAttribute, value = "", sub = null] = pattern.exec(text) ?? [];
  if (attribute === undefined)
    throw new Error(
      `The target attribute '${text}' is not a SCIM path. Use the form schema:attribute[type eq "value"].subAttribute; only the attribute is required.`,
    );
  return { schema, attribute, filter: filterAttribute ? { attribute: filterAttribute, value } : null, sub };
}

/** Returns the value at a path as a string ("True" or "False" for a boolean); null if there is none. */
export function readPath(resource: Json, { schema, attribute, filter, sub }: ScimPath): string | null {
  const container = schema === null ? resource : resource[schema];
  let value = isObject(container) ? container[attribute] : undefined;
  if (filter && Array.isArray(value)) value = value.find((one) => selects(one, filter));
  if (sub !== null) value = isObject(value) ? value[sub] : undefined;
  // A reference such as manager is an object in the resource, but a single attribute in the mapping.
  else if (isObject(value) && "value" in value) value = value["value"];
  return asText(value);
}

/** Writes a value at a path of a new resource. */
export function writePath(resource: Json, { schema, attribute, filter, sub }: ScimPath, value: unknown): void {
  const container = schema === null ? resource : child(resource, schema);
  if (!filter) {
    if (sub === null) container[attribute] = value;
    else child(container, attribute)[sub] = value;
    return;
  }
  const list: unknown[] = Array.isArray(container[attribute]) ? container[attribute] : [];
  container[attribute] = list;
  let element = list.find((one): one is Json => selects(one, filter));
  if (!element) {
    element = { [filter.attribute]: filter.attribute === "primary" ? filter.value === "True" : filter.value };
    list.push(element);
  }
  element[sub ?? "value"] = value;
}

function child(container: Json, name: string): Json {
  const existing = container[name];
  if (isObject(existing)) return existing;
  const made: Json = {};
  container[name] = made;
  return made;
}

function selects(element: unknown, { attribute, value }: NonNullable<ScimPath["filter"]>): boolean {
  return isObject(element) && asText(element[attribute])?.toLowerCase() === value.toLowerCase();
}

function asText(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === "boolean") return value ? "True" : "False";
  return typeof value === "string" ? value : JSON.stringify(value);
}
