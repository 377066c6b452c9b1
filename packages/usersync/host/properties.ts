import * as z from "zod/mini";

import type { Unknown } from "./types";

/** Properties of a resource or function by name, each created with {@link property}. */
export type Shape = Readonly<Record<string, z.core.$ZodType>>;

/** Plain values of a shape: inputs with their defaults, or outputs. */
export type Values<S extends Shape> = z.output<z.ZodMiniObject<S, z.core.$strict>>;

/** Arguments of a shape, before defaults are filled in. */
export type Arguments<S extends Shape> = z.input<z.ZodMiniObject<S, z.core.$strict>>;

type Nested<T> =
  Unknown | (T extends readonly (infer E)[] ? Nested<E>[] : T extends object ? { [K in keyof T]: Nested<T[K]> } : T);

/** The same values in a preview, which may not know some of them yet. */
export type MaybeUnknown<T> = { [K in keyof T]: Nested<T[K]> };

export interface PropertyOptions {
  /** Always secret, in inputs and outputs. Default: false. */
  secret?: boolean;
  /** A change replaces the resource. For inputs at the top level. Default: false. */
  replaceOnChanges?: boolean;
  /** A change alone does not update the resource. For inputs at the top level. Default: false. */
  ignoreChanges?: boolean;
  /** Environment variables with the value of an absent setting; the first that is set wins. Default: none. */
  environment?: readonly string[];
}

interface PropertyMeta extends PropertyOptions {
  description: string;
}

interface ObjectMeta {
  token: string;
  description: string;
}

const propertyMetas = new WeakMap<z.core.$ZodType, PropertyMeta>();
const objectMetas = new WeakMap<object, ObjectMeta>();

/** Declares a property with its description and type. */
export function property<S extends z.core.$ZodType>(description: string, schema: S, options: PropertyOptions = {}): S {
  // Copy the schema, because several properties may share one type.
  const own = z.clone(schema);
  propertyMetas.set(own, { description, ...options });
  return own;
}

/** Declares an object type of the package schema. `token` is its full name: `usersync:entra:Quarantine`. */
export function objectType<S extends Shape>(
  token: string,
  description: string,
  shape: S,
  ...checks: z.core.$ZodCheck<object>[]
): z.ZodMiniObject<S, z.core.$strict> {
  const schema = z.strictObject(shape).check(...checks);
  objectMetas.set(schema._zod.def, { token, description });
  return schema;
}

/** Type of a whole number in a range. Its error names the range, and ends with `hint`. */
export function wholeNumber({ minimum, maximum, hint = "" }: { minimum: number; maximum?: number; hint?: string }) {
  const range = maximum === undefined ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
  const error = `must be a whole number ${range}${hint}.`;
  const checks = [z.minimum(minimum, { error }), ...(maximum === undefined ? [] : [z.maximum(maximum, { error })])];
  return z.int({ error }).check(...checks);
}

/** Returns what {@link property} declared. */
export function metaOf(schema: z.core.$ZodType): PropertyMeta {
  return propertyMetas.get(schema) ?? { description: "" };
}

/** Returns what {@link objectType} declared; undefined for other types. Copies of a schema share it. */
export function objectMetaOf(schema: z.core.$ZodType): ObjectMeta | undefined {
  return objectMetas.get(schema._zod.def);
}

/** Returns the definition of a schema, discriminated by its `type`. */
export function definitionOf(schema: z.core.$ZodType): z.core.$ZodTypes["_zod"]["def"] {
  return (schema as z.core.$ZodTypes)._zod.def;
}

/** Returns the paths of the properties that are always secret. */
export function secretPaths(shape: Shape): string[] {
  return Object.entries(shape).flatMap(([name, schema]) => {
    if (metaOf(schema).secret === true) return [name];
    const inner = objectShape(schema);
    return inner === undefined ? [] : secretPaths(inner).map((path) => `${name}.${path}`);
  });
}

/** Returns the definition of the type inside `optional` and `_default`. */
export function innerDefinition(schema: z.core.$ZodType): z.core.$ZodTypes["_zod"]["def"] {
  const def = definitionOf(schema);
  return def.type === "optional" || def.type === "default" ? innerDefinition(def.innerType) : def;
}

/** Returns the properties of an object type, also of an optional one; undefined for other types. */
export function objectShape(schema: z.core.$ZodType): Shape | undefined {
  const def = innerDefinition(schema);
  return def.type === "object" ? def.shape : undefined;
}

/** Returns the names of the properties with an option. */
export function namesWith(shape: Shape, option: keyof PropertyOptions): string[] {
  return Object.keys(shape).filter((name) => metaOf(shape[name]!)[option] === true);
}
