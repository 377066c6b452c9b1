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

/**
 * Returns all values at a path. If the path has no sub-attribute and a value is an object, returns its `value`. SCIM
 * compares attribute names case-insensitively.
 */
export function valuesAt(resource: Json, path: AttributePath): unknown[] {
  const container = path.schema === undefined ? resource : property(resource, path.schema);
  return elements(property(container, path.attribute))
    .filter((one) => path.element === undefined || isEqual(property(one, path.element.attribute), path.element.value))
    .map((one) => (path.sub === undefined && isObject(one) ? property(one, "value") : step(one, path.sub)))
    .filter((one) => one !== undefined);
}

/** Returns whether the element that a path selects exists. */
export function hasElement(resource: Json, path: AttributePath): boolean {
  const container = path.schema === undefined ? resource : property(resource, path.schema);
  const { element } = path;
  if (element === undefined) return true;
  return elements(property(container, path.attribute)).some((one) =>
    isEqual(property(one, element.attribute), element.value),
  );
}

/** Compares as SCIM does for most strings: case-insensitively. `"True"` equals true. */
export function isEqual(a: unknown, b: unknown): boolean {
  return String(a).toLowerCase() === String(b).toLowerCase();
}

function step(value: unknown, sub: string | undefined): unknown {
  return sub === undefined ? value : property(value, sub);
}

function property(value: unknown, name: string): unknown {
  if (!isObject(value)) return undefined;
  const key = Object.keys(value).find((one) => one.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : value[key];
}

function elements(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
