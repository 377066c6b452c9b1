import type { PropertyMap, PropertyValue } from "../../../provider/host";
import { UNKNOWN } from "../../../provider/host";
import { isMap } from "../common";

/** What is at a path of maps. */
export function at(value: PropertyValue | undefined, ...path: string[]): PropertyValue | undefined {
  let here = value;
  for (const key of path) here = isMap(here) ? here[key] : undefined;
  return here;
}

export function annotation(object: PropertyMap, name: string): string | undefined {
  const value = at(object, "metadata", "annotations", name);
  return typeof value === "string" ? value : undefined;
}

/** What is sent to the API: no unset properties, and a Secret's text as the data that the API makes of it. */
export function manifest(inputs: PropertyMap): PropertyMap {
  return withoutUnset(withData(inputs)) as PropertyMap;
}

/**
 * A Secret with its `stringData` in `data`, the way that the API stores it. Applied as `stringData`, a key that the program
 * no longer has would stay.
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
