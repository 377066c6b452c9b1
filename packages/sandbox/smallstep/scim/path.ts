/** A path in a SCIM resource in Entra's form: `emails[type eq "work"].value`, `name.givenName`, `urn:...:User:manager`. */
export interface AttributePath {
  /** Schema extension. Undefined for the core schema. */
  schema: string | undefined;
  attribute: string;
  /** Selector of an element of a multi-valued attribute. */
  element: { attribute: string; value: string } | undefined;
  sub: string | undefined;
}

export type Json = Record<string, unknown>;

const grammar = /^(?:(urn:[^[\]"]+):)?([a-z$][\w$-]*)(?:\[\s*(\w+)\s+eq\s+"((?:[^"\\]|\\.)*)"\s*\])?(?:\.([\w$]+))?$/i;

/** Parses a path. Returns undefined if the text has another form. */
export function parseAttributePath(text: string): AttributePath | undefined {
  const [, schema, attribute, elementAttribute, elementValue, sub] = grammar.exec(text.trim()) ?? [];
  if (attribute === undefined) return undefined;
  const element =
    elementAttribute === undefined
      ? undefined
      : { attribute: elementAttribute, value: JSON.parse(`"${elementValue ?? ""}"`) as string };
  return { schema, attribute, element, sub };
}

/** Returns the elements that a path selects, without regard to its sub-attribute. */
export function elementsAt(resource: Json, { schema, attribute, element }: AttributePath): unknown[] {
  const value = property(schema === undefined ? resource : property(resource, schema), attribute);
  const all = value === undefined || value === null ? [] : [value].flat();
  return all.filter((one) => element === undefined || isEqual(property(one, element.attribute), element.value));
}

/** Returns all values at a path. If the path has no sub-attribute and a value is an object, returns its `value`. */
export function valuesAt(resource: Json, path: AttributePath): unknown[] {
  const isWhole = (one: unknown) => path.sub === undefined && !isObject(one);
  return elementsAt(resource, path)
    .map((one) => (isWhole(one) ? one : property(one, path.sub ?? "value")))
    .filter((one) => one !== undefined);
}

/** Compares as SCIM does for most strings: case-insensitively. `"True"` equals true. */
export function isEqual(a: unknown, b: unknown): boolean {
  return String(a).toLowerCase() === String(b).toLowerCase();
}

/** Returns a property of an object. SCIM compares attribute names case-insensitively. */
function property(value: unknown, name: string): unknown {
  if (!isObject(value)) return undefined;
  const key = Object.keys(value).find((one) => one.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : value[key];
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
