import * as pulumi from "@pulumi/pulumi";

import type { Declaration } from "../host/define";
import { type Arguments, metaOf, objectShape, secretPaths, type Shape, type Values } from "../host/properties";
import { isMap } from "../host/types";
import { version } from "../version";

type Nested<T> = T extends readonly (infer E)[]
  ? NestedInput<E>[]
  : T extends object
    ? { [K in keyof T]: NestedInput<T[K]> }
    : T;
// Not distributive, so that an Output of a union is accepted.
type NestedInput<T> = pulumi.Input<Nested<T>>;

/** Arguments of a shape, where every value may be an Output. */
export type ArgumentsOfShape<S extends Shape> = { [K in keyof Arguments<S>]: NestedInput<Arguments<S>[K]> };

export type ArgumentsOf<D extends Declaration> = ArgumentsOfShape<D["inputs"]>;

type OutputsOf<D extends Declaration> = {
  readonly [K in keyof Values<D["inputs"] & D["outputs"]>]-?: pulumi.Output<Values<D["inputs"] & D["outputs"]>[K]>;
};

type ResourceClass<D extends Declaration> = new (
  name: string,
  args: ArgumentsOf<D>,
  options?: pulumi.CustomResourceOptions,
) => pulumi.CustomResource & OutputsOf<D>;

/** Creates the base class of a declared resource. Marks secret inputs as secret. */
export function resourceClass<D extends Declaration>({ token, inputs, outputs }: D): ResourceClass<D> {
  const names = Object.keys({ ...inputs, ...outputs });
  const base = class extends pulumi.CustomResource {
    constructor(name: string, args: object, options?: pulumi.CustomResourceOptions) {
      // The SDK resolves only properties that the arguments contain.
      const properties = Object.fromEntries(names.map((property) => [property, undefined]));
      // An object that replaces another one of the same id must be created after the deletion, which would undo it.
      const defaults = { version, deleteBeforeReplace: true };
      super(token, name, { ...properties, ...markSecrets(inputs, args) }, pulumi.mergeOptions(defaults, options));
    }
  };
  // The constructor of the SDK sets the outputs.
  return base as unknown as ResourceClass<D>;
}

/** Creates the two forms of a declared function: for plain values, and for Outputs, which keep secret results secret. */
export function invocations<D extends Declaration>({ token }: D) {
  type Result = Values<D["outputs"]>;
  return [
    (args: Arguments<D["inputs"]>, options: pulumi.InvokeOptions = {}): Promise<Result> =>
      pulumi.runtime.invoke(token, { ...args }, { version, ...options }),
    (args: ArgumentsOf<D>, options: pulumi.InvokeOutputOptions = {}): pulumi.Output<Result> =>
      pulumi.runtime.invokeOutput(token, { ...args }, { version, ...options }),
  ] as const;
}

/**
 * Marks the declared secrets. Marks only them, so that previews show the other values. An Output cannot be split, so it
 * becomes secret as a whole.
 */
export function markSecrets(shape: Shape, args: object): Record<string, unknown> {
  const mark = (schema: Shape[string] | undefined, value: unknown): unknown => {
    if (schema === undefined || value === undefined) return value;
    const inner = objectShape(schema) ?? {};
    if (metaOf(schema).secret !== true && secretPaths(inner).length === 0) return value;
    const isPlainObject = isMap(value) && !pulumi.Output.isInstance(value) && !(value instanceof Promise);
    return isPlainObject ? markSecrets(inner, value) : pulumi.secret(value);
  };
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [name, mark(shape[name], value)]));
}
