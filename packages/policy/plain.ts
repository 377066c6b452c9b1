import { UNKNOWN, type Value, type Values } from "./resource";

/**
 * Copies the properties that the policy SDK passes into plain data, with {@link UNKNOWN} for values that a preview does not know.
 * In the SDK's object, reading such a value throws an error, which would leave the rest of the resource unchecked.
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
