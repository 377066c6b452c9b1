import { type PropertyMap, type PropertyValue, UNKNOWN } from "@smallstep-ssh/usersync/host";
import { isMap } from "../common/values";

/** Returns the value at a path in nested maps. */
export function at(value: PropertyValue | undefined, ...path: string[]): PropertyValue | undefined {
  let current = value;
  for (const key of path) current = isMap(current) ? current[key] : undefined;
  return current;
}

export function annotation(object: PropertyMap, name: string): string | undefined {
  const value = at(object, "metadata", "annotations", name);
  return typeof value === "string" ? value : undefined;
}

/**
 * Returns the object to send to the API, without unset properties and with a Secret's `stringData` encoded in `data`.
 */
export function manifest(inputs: PropertyMap): PropertyMap {
  return withoutUnset(withData(inputs)) as PropertyMap;
}

/**
 * Moves a Secret's `stringData` to `data`, as the API stores it. An apply of `stringData` does not delete the keys that
 * the program removed.
 */
export function withData(inputs: PropertyMap): PropertyMap {
  if (inputs["kind"] !== "Secret") return inputs;
  const { stringData, data, ...rest } = inputs;
  const encoded = mapValues(stringData, (text) => Buffer.from(text, "utf8").toString("base64"));
  const canonical = mapValues(data, (text) => Buffer.from(text, "base64").toString("base64"));
  if (encoded === undefined && canonical === undefined) return rest;
  return { ...rest, data: isMap(encoded) || isMap(canonical) ? { ...asMap(canonical), ...asMap(encoded) } : UNKNOWN };
}

const asMap = (value: PropertyValue | undefined): PropertyMap => (isMap(value) ? value : {});

function mapValues(value: PropertyValue | undefined, change: (text: string) => string): PropertyValue | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, typeof one === "string" ? change(one) : one]),
  );
}

function withoutUnset(value: PropertyValue): PropertyValue {
  if (Array.isArray(value)) return value.map(withoutUnset);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) =>
      one === undefined || one === null ? [] : [[key, withoutUnset(one)]],
    ),
  );
}
