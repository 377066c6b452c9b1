import { UNKNOWN, type Value, type Values } from "./resource";

/**
 * Plain data of what the policy SDK hands over: there, reading a value that is unknown in a preview throws, which would leave
 * all the rest of a resource unchecked.
 */
export function plain(props: Readonly<Record<string, unknown>>): Values {
  return Object.fromEntries(Object.keys(props).map((key) => [key, read(() => props[key])]));
}

function read(get: () => unknown): Value {
  let value: unknown;
  try {
    value = get();
  } catch (error) {
    if (error instanceof Error && "unknownTypeSentinel" in error) return UNKNOWN;
    throw error;
  }
  if (Array.isArray(value)) {
    const items: unknown[] = value;
    return Array.from({ length: items.length }, (_, index) => read(() => items[index]));
  }
  if (typeof value === "object" && value !== null) return plain(value as Record<string, unknown>);
  return value as Value;
}
