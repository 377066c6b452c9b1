import { isDeepStrictEqual } from "node:util";

import { UNKNOWN, type PropertyMap, type PropertyValue } from "../../../provider/host";

export function isMap(value: PropertyValue | undefined): value is PropertyMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * A value without what Terraform takes for "not set": null, false, 0, the empty text, list and map, at every depth.
 * `undefined` when nothing is left.
 */
export function pruned(value: PropertyValue | undefined): PropertyValue | undefined {
  if (value === undefined || value === null || value === false || value === 0 || value === "") return undefined;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map((one) => pruned(one) ?? zero(one));
  if (!isMap(value)) return value;
  const entries = Object.entries(value).flatMap(([key, one]) => {
    const left = pruned(one);
    return left === undefined ? [] : [[key, left] as const];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

// An element keeps its place even if it is empty.
function zero(value: PropertyValue): PropertyValue {
  return isMap(value) ? {} : value;
}

/** Whether two values mean the same to Terraform; lists are sets unless `ordered`. */
export function isSame(a: PropertyValue | undefined, b: PropertyValue | undefined, ordered: boolean): boolean {
  return isDeepStrictEqual(normal(pruned(a), ordered), normal(pruned(b), ordered));
}

function normal(value: PropertyValue | undefined, ordered: boolean): PropertyValue | undefined {
  if (Array.isArray(value)) {
    const elements = value.map((one) => normal(one, ordered) ?? null);
    return ordered ? elements : elements.sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  }
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, normal(value[key], ordered)]),
  );
}

function sortKey(value: PropertyValue): string {
  return JSON.stringify(value, (_key, one: unknown) => (one === UNKNOWN ? "\u0000unknown" : one)) ?? "";
}
