import { isDeepStrictEqual } from "node:util";

import { isMap, UNKNOWN, type PropertyMap, type PropertyValue } from "@smallstep-ssh/usersync/host";

/** Returns a string, and the empty string for any other value: in Terraform's state, strings are never null. */
export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Returns the strings of a value that is a list, and no strings for any other value. */
export function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

/** Returns the maps of a value that is a list, and no maps for any other value. */
export function maps(value: unknown): PropertyMap[] {
  return Array.isArray(value) ? value.filter(isMap) : [];
}

/**
 * Removes values that Terraform treats as unset at every depth: null, false, 0, and empty strings, lists and maps.
 * Returns `undefined` if nothing is left.
 */
export function pruned(value: PropertyValue | undefined): PropertyValue | undefined {
  if (value === undefined || value === null || value === false || value === 0 || value === "") return undefined;
  // An empty list element keeps its position.
  if (Array.isArray(value)) {
    return value.length === 0 ? undefined : value.map((one) => pruned(one) ?? (isMap(one) ? {} : one));
  }
  if (!isMap(value)) return value;
  const entries = Object.entries(value)
    .map(([key, one]) => [key, pruned(one)] as const)
    .filter(([, one]) => one !== undefined);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** Returns whether Terraform treats two values as equal. Lists are sets unless `ordered` is true. */
export function isSame(a: PropertyValue | undefined, b: PropertyValue | undefined, ordered = false): boolean {
  return isDeepStrictEqual(normal(pruned(a), ordered), normal(pruned(b), ordered));
}

function normal(value: PropertyValue | undefined, ordered: boolean): PropertyValue | undefined {
  if (Array.isArray(value)) {
    const elements = value.map((one) => normal(one, ordered) ?? null);
    return ordered ? elements : elements.sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  }
  if (!isMap(value)) return value;
  const sorted = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([key, one]) => [key, normal(one, ordered)]));
}

function sortKey(value: PropertyValue): string {
  return JSON.stringify(value, (_key, one: unknown) => (one === UNKNOWN ? "\u0000unknown" : one)) ?? "";
}
