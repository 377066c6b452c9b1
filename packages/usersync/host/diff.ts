import { isDeepStrictEqual } from "node:util";

import { formatPath } from "./paths";
import { type DiffResult, type PropertyDiffKind, type PropertyMap, type PropertyValue, isMap } from "./types";

/** Options of {@link diffInputs}. */
export interface DiffOptions {
  /** Top-level inputs whose change replaces the resource. Default: none. */
  replaceOn?: readonly string[];
  /** Returns whether two different values of a property are equivalent. Default: values are never equivalent. */
  areEqual?: ((path: readonly (string | number)[], before: PropertyValue, after: PropertyValue) => boolean) | undefined;
  /** Top-level inputs that are not compared. Default: none. */
  ignore?: readonly string[];
}

/** Compares two sets of inputs property by property. `null`, `undefined` and an absent property are equal. */
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
