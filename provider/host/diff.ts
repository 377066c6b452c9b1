import { isDeepStrictEqual } from "node:util";

import { formatPath } from "./paths";
import type { DiffResult, PropertyDiffKind, PropertyMap, PropertyValue } from "./types";

export interface DiffOptions {
  /** Top-level inputs whose change replaces the resource. */
  replaceOn?: readonly string[];
  /** Whether two values of a property mean the same though they are written differently. Absent: never. */
  areEqual?: (path: readonly (string | number)[], before: PropertyValue, after: PropertyValue) => boolean;
  /** Top-level inputs whose change is none. */
  ignore?: readonly string[];
}

/** What changed between two sets of inputs, property by property; `null`, an absent property and `undefined` are one. */
export function diffInputs(olds: PropertyMap, news: PropertyMap, options: DiffOptions = {}): DiffResult {
  const changes: Record<string, PropertyDiffKind> = {};
  const walk = (
    path: (string | number)[],
    before: PropertyValue | undefined,
    after: PropertyValue | undefined,
  ): void => {
    const old = before ?? undefined;
    const now = after ?? undefined;
    if (isDeepStrictEqual(old, now)) return;
    if (old !== undefined && now !== undefined && options.areEqual?.(path, old, now)) return;
    if (isMap(old) && isMap(now)) {
      for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) walk([...path, key], old[key], now[key]);
      return;
    }
    if (Array.isArray(old) && Array.isArray(now)) {
      for (let index = 0; index < Math.max(old.length, now.length); index++) {
        walk([...path, index], old[index], now[index]);
      }
      return;
    }
    const kind = old === undefined ? "add" : now === undefined ? "delete" : "update";
    const replaces = options.replaceOn?.includes(String(path[0])) ?? false;
    changes[formatPath(path)] = replaces ? `${kind}-replace` : kind;
  };
  for (const key of new Set([...Object.keys(olds), ...Object.keys(news)])) {
    if (!options.ignore?.includes(key)) walk([key], olds[key], news[key]);
  }
  return { changes };
}

function isMap(value: PropertyValue | undefined): value is PropertyMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
