import { elementsAt, parseAttributePath, valuesAt, type AttributePath, type Json } from "./path";

/** One operation of a SCIM PATCH, as received or as scimmy accepts it. */
export interface PatchOperation {
  op: string;
  path?: string;
  value?: unknown;
}

const booleans = new Set(["active", "primary"]);
const members = { schema: undefined, attribute: "members", element: undefined, sub: undefined };

/**
 * Converts PATCH operations in Entra's dialect into operations that scimmy accepts, for the target `resource`:
 * - the strings `"True"` and `"False"` become booleans if the attribute is a boolean;
 * - a path with a filter that matches no element adds the element;
 * - a manager that is given as an id becomes an object;
 * - a path that names a whole schema extension becomes one path for each of its attributes;
 * - adding an existing member or removing an absent one becomes no operation; a removed member is named in the path instead of
 *   `value`.
 * Returns an empty list if no operation remains. Unknown operations stay unchanged: scimmy validates them.
 */
export function fromEntra(operations: readonly PatchOperation[], resource: Json): PatchOperation[] {
  const done: PatchOperation[] = [];
  // Elements that an earlier operation of the same request adds.
  const added = new Set<string>();
  for (const operation of operations) {
    const op = String(operation.op).toLowerCase();
    if (typeof operation.path !== "string") {
      done.push({ ...operation, op, value: objectValue(operation.value) });
      continue;
    }
    if (/^urn:.*:[\d.]+:\w+$/i.test(operation.path)) {
      done.push(...extensionOperations(op, operation.path, operation.value, resource));
      continue;
    }
    const path = parseAttributePath(operation.path);
    if (path?.attribute.toLowerCase() === "members" && path.sub === undefined && op !== "replace") {
      done.push(...memberOperations(op, operation, path, resource));
      continue;
    }
    const value = path === undefined ? operation.value : typed(path.sub ?? path.attribute, operation.value);
    if (path?.element !== undefined && op !== "remove" && elementsAt(resource, path).length === 0) {
      const { schema, attribute, element } = path;
      const whole = `${schema === undefined ? "" : `${schema}:`}${attribute}`;
      const key = JSON.stringify([whole, element]).toLowerCase();
      if (!added.has(key)) {
        added.add(key);
        const selector = { [element.attribute]: typed(element.attribute, element.value) };
        const entry = path.sub === undefined ? Object.assign(selector, value) : { ...selector, [path.sub]: value };
        done.push({ op: "add", path: whole, value: [entry] });
        continue;
      }
    }
    done.push({ ...operation, op, ...("value" in operation ? { value } : {}) });
  }
  return done;
}

function extensionOperations(op: string, schema: string, value: unknown, resource: Json): PatchOperation[] {
  const { schemas: _itself, ...given } = typeof value === "object" && value !== null ? (value as Json) : {};
  const present = (resource[schema] ?? {}) as Json;
  const removed = op === "add" ? [] : Object.keys(present).filter((name) => given[name] === undefined);
  return [
    ...removed.map((name) => ({ op: "remove", path: `${schema}:${name}` })),
    ...Object.entries(given).map(([name, one]) => ({ op, path: `${schema}:${name}`, value: typed(name, one) })),
  ];
}

function memberOperations(
  op: string,
  { value }: PatchOperation,
  path: AttributePath,
  resource: Json,
): PatchOperation[] {
  const present = new Set(valuesAt(resource, members).map(String));
  const elements = (Array.isArray(value) ? value : value === undefined ? [] : [value]).map((one: unknown): Json =>
    // Entra sends members with a `$ref` that is null.
    typeof one === "object" && one !== null
      ? Object.fromEntries(Object.entries(one).filter(([, item]) => item !== null))
      : { value: one },
  );
  const listed = elements.map((one) => String(one["value"]));
  if (op === "add") {
    const missing = elements.filter((_one, at) => !present.has(listed[at]!) && listed.indexOf(listed[at]!) === at);
    return missing.length === 0 ? [] : [{ op, path: "members", value: missing }];
  }
  if (path.element === undefined && value === undefined) return present.size === 0 ? [] : [{ op, path: "members" }];
  const named = path.element === undefined ? listed : [path.element.value];
  return named.filter((id) => present.has(id)).map((id) => ({ op, path: `members[value eq ${JSON.stringify(id)}]` }));
}

/** Converts the value of an operation without a path, which is an object with paths as keys. */
function objectValue(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => {
      const path = parseAttributePath(name);
      return [name, typed(path?.sub ?? path?.attribute ?? name, one)];
    }),
  );
}

function typed(attribute: string, value: unknown): unknown {
  const name = attribute.toLowerCase();
  if (booleans.has(name) && typeof value === "string" && /^(true|false)$/i.test(value)) {
    return value.toLowerCase() === "true";
  }
  return name === "manager" && typeof value === "string" ? { value } : value;
}
