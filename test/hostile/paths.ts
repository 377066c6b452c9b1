import type { z } from "zod";
import { settingsSchema } from "../../config";
import { minimalSettings } from "../../config/testing";

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

/** One setting, by its place and the kind of value that it takes. */
export interface Setting {
  readonly path: Path;
  readonly key: string;
  readonly kind: string;
}

/** Every place of the configuration, from the schema itself, so that a new setting is tried as well: sections and single values. */
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

/** A configuration that is right but for one place. */
export function withValue(path: Path, value: unknown): Record<string, unknown> {
  const root: Record<string, unknown> = structuredClone(minimalSettings());
  put(root, path, value);
  return root;
}

/** Sets one place of a configuration. What is above that place is made where it is optional. */
export function put(root: Record<string, unknown>, path: Path, value: unknown): void {
  let target: Record<string | number, unknown> = root;
  path.forEach((part, index) => {
    if (index === path.length - 1) {
      // A definition, as JSON.parse makes one: __proto__ is a name like any other.
      Object.defineProperty(target, part, { value, enumerable: true, configurable: true, writable: true });
      return;
    }
    target[part] ??= typeof path[index + 1] === "number" ? [] : {};
    target = target[part] as Record<string | number, unknown>;
  });
}
