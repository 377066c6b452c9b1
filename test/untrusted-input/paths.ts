import type { z } from "zod";
import { settingsSchema } from "@smallstep-ssh/stack";
import { minimalSettings } from "@smallstep-ssh/stack/testing";

type Schema = z.core.$ZodType;
interface Definition {
  type: string;
  shape?: Record<string, Schema>;
  innerType?: Schema;
  element?: Schema;
  valueType?: Schema;
  options?: readonly Schema[];
}
export type Path = readonly (string | number)[];

/** A setting with its path and the kind of its value. */
export interface Setting {
  readonly path: Path;
  readonly key: string;
  readonly kind: string;
}

/**
 * Returns all sections and settings of the configuration. They come from the schema, so that the tests cover new
 * settings automatically.
 */
export function settings(): Setting[] {
  return [...walk(settingsSchema, [])].filter(({ path }) => path.length > 0);
}

function* walk(schema: Schema, path: Path): Generator<Setting> {
  const definition = schema._zod.def as unknown as Definition;
  if (definition.innerType !== undefined) return yield* walk(definition.innerType, path);
  yield { path, key: keyOf(path), kind: definition.type };
  for (const [name, inner] of Object.entries(definition.shape ?? {})) yield* walk(inner, [...path, name]);
  if (definition.element !== undefined) yield* walk(definition.element, [...path, 0]);
  if (definition.type === "record" && definition.valueType !== undefined) {
    yield* walk(definition.valueType, [...path, "title"]);
  }
}

export function keyOf(path: Path): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${part}`))
    .join("")
    .replace(/^\./, "");
}

/** Returns a valid configuration with one replaced value. */
export function withValue(path: Path, value: unknown): Record<string, unknown> {
  const root: Record<string, unknown> = structuredClone(minimalSettings());
  put(root, path, value);
  return root;
}

/** Sets one value of a configuration and creates missing parent sections. */
export function put(root: Record<string, unknown>, path: Path, value: unknown): void {
  let target: Record<string | number, unknown> = root;
  path.forEach((part, index) => {
    if (index === path.length - 1) {
      // Define the property as JSON.parse does, so that `__proto__` is an ordinary key.
      Object.defineProperty(target, part, { value, enumerable: true, configurable: true, writable: true });
      return;
    }
    target[part] ??= typeof path[index + 1] === "number" ? [] : {};
    target = target[part] as Record<string | number, unknown>;
  });
}
