/** A resource as the rules receive it: plain data, so that tests can pass any resource. */
export interface Resource {
  /** Pulumi type token, such as `azuread:index/application:Application`. */
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  /** Properties. Values that a preview does not know are {@link UNKNOWN}. */
  readonly props: Values;
  /** URNs of the resources that each property depends on, by property name. Filled for stack rules only. */
  readonly comesFrom: Readonly<Record<string, readonly string[]>>;
  /** Properties whose changes the engine ignores: an existing resource keeps the value of its state. */
  readonly ignoreChanges: readonly string[];
}

/** A value that a preview does not know. Rules accept it, because they run again during the update, when it is known. */
export const UNKNOWN = Symbol("unknown");

export type Value = typeof UNKNOWN | null | undefined | boolean | number | string | readonly Value[] | Values;
export interface Values {
  readonly [property: string]: Value;
}

/** Returns the value if it is a map, otherwise an empty map. */
export function map(value: Value): Values {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Values) : {};
}

/** Returns the value if it is a list, otherwise an empty list. */
export function list(value: Value): readonly Value[] {
  return Array.isArray(value) ? value : [];
}

/** Yields every string inside a value with its path, such as `spec.template.spec.containers[0].args[2]`. */
export function* strings(value: Value, place = ""): Generator<{ place: string; text: string }> {
  if (typeof value === "string") yield { place, text: value };
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* strings(item as Value, `${place}[${index}]`);
  } else {
    for (const [key, item] of Object.entries(map(value))) yield* strings(item, place === "" ? key : `${place}.${key}`);
  }
}
