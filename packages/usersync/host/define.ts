import { diffInputs, type DiffOptions } from "./diff";
import { type MaybeUnknown, namesWith, secretPaths, type Shape, type Values } from "./properties";
import {
  type CallContext,
  type CheckFailure,
  type DiffResult,
  type FunctionHandler,
  type PropertyMap,
  type ResourceHandler,
  UNKNOWN,
} from "./types";
import { checkInputs, parseValues } from "./validate";
import { hasUnknown } from "./wire";

/** What the package schema, the SDK and the reference page need to know about a resource or function. */
export interface Declaration<I extends Shape = Shape, O extends Shape = Shape> {
  /** `PACKAGE:MODULE:NAME` */
  readonly token: string;
  readonly description: string;
  readonly inputs: I;
  /** Outputs of a resource in addition to its inputs; results of a function. */
  readonly outputs: O;
}

/** Function with typed arguments. `invoke` gets checked arguments with their defaults. */
export interface FunctionDefinition<I extends Shape, O extends Shape, Config> extends Declaration<I, O> {
  invoke(ctx: CallContext<Config>, args: Values<I>): Promise<Values<O>>;
}

/**
 * Defines a function. Invalid arguments are reported together. If an argument is unknown, all results are unknown and
 * `invoke` is not called.
 */
export function defineFunction<I extends Shape, O extends Shape, Config>(
  definition: FunctionDefinition<I, O, Config>,
): Declaration<I, O> & FunctionHandler<Config> {
  const { token, description, inputs, outputs } = definition;
  return {
    token,
    description,
    inputs,
    outputs,
    secretOutputs: secretPaths(outputs),
    async invoke(ctx, given) {
      if (hasUnknown(given)) return unknownValues(outputs);
      return asMap(await definition.invoke(ctx, parseValues(inputs, given)));
    },
  };
}

type Outputs<I extends Shape, O extends Shape> = Values<I & O>;

/** State before an operation. A refresh may have changed it, so that any property may be absent. */
export interface Previous<I extends Shape, O extends Shape> {
  inputs: Partial<Values<I>>;
  outputs: Partial<Outputs<I, O>>;
}

interface Change<I extends Shape, O extends Shape> {
  inputs: MaybeUnknown<Values<I>>;
  /** The inputs if all of them are known. */
  known: Values<I> | undefined;
  /** Undefined for a create. */
  previous: Previous<I, O> | undefined;
}

/** Resource with typed inputs and outputs. */
export interface ResourceDefinition<I extends Shape, O extends Shape, Config> extends Declaration<I, O> {
  /** Checks that need several properties. Properties may be unknown or invalid; those are reported already. */
  validate?(inputs: PropertyMap): CheckFailure[];
  /** Returns whether two different values of an input are equivalent. Default: values are never equivalent. */
  areEqual?: DiffOptions["areEqual"];
  /** Checks a change in `diff`, so that it is also checked without a preview. */
  checkChange?(ctx: CallContext<Config>, change: Change<I, O> & { id: string; diff: DiffResult }): Promise<void>;
  /**
   * Returns outputs of a previewed create or update, in addition to the inputs. Other outputs are unknown. Default:
   * returns none.
   */
  preview?(ctx: CallContext<Config>, change: Change<I, O>): Promise<PropertyMap>;
  create(ctx: CallContext<Config>, inputs: Values<I>): Promise<{ id: string; outputs: Outputs<I, O> }>;
  /** Reads the resource; undefined if it does not exist. `previous` is empty on import. */
  read(
    ctx: CallContext<Config>,
    id: string,
    previous: Previous<I, O>,
  ): Promise<{ inputs: PropertyMap; outputs: PropertyMap } | undefined>;
  update(
    ctx: CallContext<Config>,
    change: { id: string; previous: Previous<I, O>; inputs: Values<I> },
  ): Promise<Outputs<I, O>>;
  delete(ctx: CallContext<Config>, id: string, previous: Previous<I, O>): Promise<void>;
}

/** Defines a resource. Check and diff follow from the declared properties. */
export function defineResource<I extends Shape, O extends Shape, Config>(
  definition: ResourceDefinition<I, O, Config>,
): Declaration<I, O> & ResourceHandler<Config> {
  const { token, description, inputs, outputs, areEqual } = definition;
  const diffOptions = {
    replaceOn: namesWith(inputs, "replaceOnChanges"),
    ignore: namesWith(inputs, "ignoreChanges"),
    areEqual,
  };
  // The engine sends what check, create, read and update returned.
  const previousOf = (before: { inputs: PropertyMap; outputs: PropertyMap }) => before as unknown as Previous<I, O>;
  const changeOf = (news: PropertyMap, previous?: Previous<I, O>): Change<I, O> => ({
    inputs: news as MaybeUnknown<Values<I>>,
    known: hasUnknown(news) ? undefined : parseValues(inputs, news),
    previous,
  });
  const preview = async (ctx: CallContext<Config>, news: PropertyMap, previous?: Previous<I, O>) => ({
    ...unknownValues(outputs),
    ...news,
    ...asMap(await definition.preview?.(ctx, changeOf(news, previous))),
  });
  return {
    token,
    description,
    inputs,
    outputs,
    secretOutputs: secretPaths({ ...inputs, ...outputs }),

    check(_ctx, { news }) {
      const checked = checkInputs(inputs, news);
      checked.failures.push(...(definition.validate?.(checked.inputs) ?? []));
      return Promise.resolve(checked);
    },

    async diff(ctx, { id, oldInputs, oldOutputs, newInputs }) {
      const diff = diffInputs(oldInputs, newInputs, diffOptions);
      const previous = previousOf({ inputs: oldInputs, outputs: oldOutputs });
      await definition.checkChange?.(ctx, { id, diff, ...changeOf(newInputs, previous) });
      return diff;
    },

    async create(ctx, { inputs: news, preview: isPreview }) {
      if (isPreview) return { id: "", outputs: await preview(ctx, news) };
      const { id, outputs: created } = await definition.create(ctx, parseValues(inputs, news));
      return { id, outputs: asMap(created) };
    },

    async read(ctx, { id, ...before }) {
      const found = await definition.read(ctx, id, previousOf(before));
      return found && { id, ...found };
    },

    async update(ctx, { id, oldInputs, oldOutputs, newInputs, preview: isPreview }) {
      const previous = previousOf({ inputs: oldInputs, outputs: oldOutputs });
      if (isPreview) return { outputs: await preview(ctx, newInputs, previous) };
      const change = { id, previous, inputs: parseValues(inputs, newInputs) };
      return { outputs: asMap(await definition.update(ctx, change)) };
    },

    delete: (ctx, { id, ...before }) => definition.delete(ctx, id, previousOf(before)),
  };
}

/** Returns declarations by their token. */
export function byToken<D extends { readonly token: string }>(declarations: readonly D[]): Record<string, D> {
  return Object.fromEntries(declarations.map((declaration) => [declaration.token, declaration]));
}

function unknownValues(shape: Shape): PropertyMap {
  return Object.fromEntries(Object.keys(shape).map((name) => [name, UNKNOWN]));
}

// Typed values consist of property values, which TypeScript cannot see through the type parameters.
function asMap(values: object | undefined): PropertyMap {
  return { ...(values as PropertyMap | undefined) };
}
