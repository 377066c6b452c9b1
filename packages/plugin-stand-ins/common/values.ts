import { isDeepStrictEqual } from "node:util";

import { UNKNOWN, type PropertyMap, type PropertyValue } from "@smallstep-ssh/usersync/host";

export function isMap(value: PropertyValue | undefined): value is PropertyMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Removes values that Terraform treats as unset at every depth: null, false, 0, and empty strings, lists and maps.
 * Returns `undefined` if nothing is left.
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

// An empty list element keeps its position.
function zero(value: PropertyValue): PropertyValue {
  return isMap(value) ? {} : value;
}

/** Returns whether Terraform treats two values as equal. Lists are sets unless `ordered` is true. */
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
