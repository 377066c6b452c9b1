import { parseAttributePath, isEqual, valuesAt, type AttributePath, type Json } from "./path";

/** One comparison of a filter: the value at a path equals a value. */
export interface Comparison {
  path: AttributePath;
  value: string | boolean | number;
}

/** The filter is not supported. */
export class FilterError extends Error {}

/** RFC 7643 compares these two attributes case-sensitively. */
const caseExact = new Set(["id", "externalid"]);
const term =
  /^\s*((?:[^\s"[\]]|\[[^\]]*\])+)\s+eq\s+("(?:[^"\\]|\\.)*"|true|false|-?\d+(?:\.\d+)?)\s*(?:and\s+(?=\S)|$)/i;

/**
 * Parses a filter in Entra's form: comparisons with `eq`, joined by `and`. scimmy's own filters do not work here: they compare
 * case-sensitively, do not support escaped quotes, and fail if a compared attribute is missing.
 * @throws FilterError
 */
export function parseFilter(text: string): Comparison[] {
  const comparisons: Comparison[] = [];
  for (let rest = text; rest.trim() !== "" || comparisons.length === 0;) {
    const [whole = "", pathText = "", valueText = ""] = term.exec(rest) ?? [];
    const path = parseAttributePath(pathText);
    if (path === undefined) {
      throw new FilterError(`filter: '${text}' is not understood; only comparisons with eq, joined by and, are.`);
    }
    comparisons.push({ path, value: readValue(valueText) });
    rest = rest.slice(whole.length);
  }
  return comparisons;
}

export function matchesFilter(resource: Json, filter: readonly Comparison[]): boolean {
  return filter.every(({ path, value }) => {
    const exact = path.sub === undefined && caseExact.has(path.attribute.toLowerCase());
    return valuesAt(resource, path).some((one) => (exact ? one === value : isEqual(one, value)));
  });
}

function readValue(text: string): string | boolean | number {
  try {
    return JSON.parse(text.startsWith('"') ? text : text.toLowerCase()) as string | boolean | number;
  } catch {
    throw new FilterError(`filter: ${text} is not a JSON value.`);
  }
}
