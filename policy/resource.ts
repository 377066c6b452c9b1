/** A resource as the rules see it: plain data, so that they can be tried on any. */
export interface Resource {
  /** `azuread:index/application:Application`. */
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  /** Properties; what a preview does not know yet is {@link UNKNOWN}. */
  readonly props: Values;
  /** Urns of the resources that a property's value comes from, by property. Only where the whole stack is looked at. */
  readonly comesFrom: Readonly<Record<string, readonly string[]>>;
}

/** A value that a preview does not know. No rule takes it for wrong: the update knows it, and asks again. */
export const UNKNOWN = Symbol("unknown");

export type Value = typeof UNKNOWN | null | undefined | boolean | number | string | readonly Value[] | Values;
export interface Values {
  readonly [property: string]: Value;
}

/** The value as a map; empty for anything else. */
export function map(value: Value): Values {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Values) : {};
}

/** The value as a list; empty for anything else. */
export function list(value: Value): readonly Value[] {
  return Array.isArray(value) ? value : [];
}

/** All strings within a value, each with its place: `spec.template.spec.containers[0].args[2]`. */
export function* strings(value: Value, place = ""): Generator<{ place: string; text: string }> {
  if (typeof value === "string") yield { place, text: value };
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* strings(item as Value, `${place}[${index}]`);
  } else {
    for (const [key, item] of Object.entries(map(value))) yield* strings(item, place === "" ? key : `${place}.${key}`);
  }
}
