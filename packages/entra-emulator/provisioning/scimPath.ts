/** Location of a target attribute in a SCIM resource, e.g. `emails[type eq "work"].value`. */
export interface ScimPath {
  /** Extension schema; null for the core schema. */
  schema: string | null;
  attribute: string;
  /** Selects one element of a multi-valued attribute. */
  filter: { attribute: string; value: string } | null;
  sub: string | null;
}

const pattern = /^(?:(urn:[^[\]]+):)?([A-Za-z$]\w*)(?:\[(\w+) eq "([^"]*)"\])?(?:\.(\w+))?$/;

export function parsePath(text: string): ScimPath {
  const hit = pattern.exec(text);
  if (!hit?.[2])
    throw new Error(
      `The target attribute '${text}' is not a SCIM path. Use the form schema:attribute[type eq "value"].subAttribute; only the attribute is required.`,
    );
  return {
    schema: hit[1] ?? null,
    attribute: hit[2],
    filter: hit[3] === undefined ? null : { attribute: hit[3], value: hit[4] ?? "" },
    sub: hit[5] ?? null,
  };
}

type Json = Record<string, unknown>;

/** Returns the value at a path as a string ("True" or "False" for a boolean); null if there is none. */
export function readPath(resource: Json, path: ScimPath): string | null {
  const container = path.schema === null ? resource : ((resource[path.schema] ?? {}) as Json);
  let value = container[path.attribute];
  if (path.filter && Array.isArray(value)) value = value.find((one: Json) => selects(one, path.filter));
  if (path.sub !== null) value = (value as Json | null | undefined)?.[path.sub];
  // A reference such as manager is an object in the resource, but a single attribute in the mapping.
  if (path.sub === null && isObject(value) && "value" in value) value = value["value"];
  return asText(value);
}

/** Writes a value at a path of a new resource. */
export function writePath(resource: Json, path: ScimPath, value: unknown): void {
  const container = path.schema === null ? resource : child(resource, path.schema);
  if (!path.filter) {
    if (path.sub === null) container[path.attribute] = value;
    else child(container, path.attribute)[path.sub] = value;
    return;
  }
  const list = (container[path.attribute] ?? (container[path.attribute] = [])) as Json[];
  let element = list.find((one) => selects(one, path.filter));
  if (!element) {
    const { attribute, value: wanted } = path.filter;
    element = { [attribute]: attribute === "primary" ? wanted === "True" : wanted };
    list.push(element);
  }
  element[path.sub ?? "value"] = value;
}

function child(container: Json, name: string): Json {
  const existing = container[name];
  if (isObject(existing)) return existing;
  const made: Json = {};
  container[name] = made;
  return made;
}

function selects(element: Json, filter: ScimPath["filter"]): boolean {
  return filter !== null && asText(element[filter.attribute])?.toLowerCase() === filter.value.toLowerCase();
}

function asText(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === "boolean") return value ? "True" : "False";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
