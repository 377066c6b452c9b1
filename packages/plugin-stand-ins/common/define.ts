import {
  PartialFailure,
  UNKNOWN,
  type CallContext,
  type CheckFailure,
  type PropertyMap,
  type ResourceHandler,
} from "@smallstep-ssh/usersync/host";
import { planDiff } from "./diff";
import { checkInputs, type Inputs } from "./inputs";
import { inputsFromState } from "./inputsFromState";

/**
 * One resource type of an official provider that is bridged from Terraform: its schema and its operations. `Service` is
 * the client that the operations use.
 */
export interface Definition<Service> {
  /** Name in messages, such as `azuread.Group`. */
  name: string;
  inputs: Inputs;
  /** Properties that are only outputs. */
  outputs: readonly string[];
  /** Outputs that are always secret. */
  secretOutputs?: readonly string[];
  /** Checks combinations of inputs. */
  check?(inputs: PropertyMap): CheckFailure[];
  /** Creates the resource. It calls `made` as soon as the object exists, so that a later failure does not lose it. */
  create(service: Service, inputs: PropertyMap, made: (id: string, outputs?: PropertyMap) => void): Promise<void>;
  /**
   * Reads the resource. Returns `undefined` if it does not exist. `state` is the previous state, which is empty for an
   * import.
   */
  read(service: Service, id: string, state: PropertyMap): Promise<PropertyMap | undefined>;
  /** Absent if every changed input replaces the resource. */
  update?(service: Service, id: string, state: PropertyMap, inputs: PropertyMap): Promise<void>;
  delete(service: Service, id: string, state: PropertyMap): Promise<void>;
}

/** Creates the handler of a definition. `open` returns the service for one call. */
export function define<Config, Service>(
  definition: Definition<Service>,
  open: (ctx: CallContext<Config>) => Promise<Service>,
): ResourceHandler<Config> {
  const { name, inputs } = definition;

  const waitUntilVisible = async (service: Service, id: string, wanted: PropertyMap, state: PropertyMap) => {
    const found = await definition.read(service, id, state);
    if (found === undefined) throw new Error(`${name} ${id} was not found directly after it was written.`);
    return { ...wanted, ...found };
  };

  return {
    ...(definition.secretOutputs ? { secretOutputs: definition.secretOutputs } : {}),

    async check(_ctx, { news }) {
      const result = checkInputs(inputs, news, name);
      return { ...result, failures: [...result.failures, ...(definition.check?.(result.inputs) ?? [])] };
    },

    async diff(_ctx, { oldOutputs, newInputs, ignoreChanges }) {
      return planDiff(inputs, oldOutputs, newInputs, ignoreChanges);
    },

    async create(ctx, { inputs: wanted, preview }) {
      if (preview) return { id: "", outputs: { ...unknownOf(definition, wanted), ...wanted } };
      const service = await open(ctx);
      const made: { id?: string; outputs: PropertyMap } = { outputs: {} };
      try {
        await definition.create(service, wanted, (id, outputs = {}) => Object.assign(made, { id, outputs }));
        if (made.id === undefined) throw new Error(`${name} was created without an id.`);
        return {
          id: made.id,
          outputs: await waitUntilVisible(service, made.id, wanted, { ...wanted, ...made.outputs }),
        };
      } catch (error) {
        if (made.id === undefined) throw error;
        const message = error instanceof Error ? error.message : String(error);
        throw new PartialFailure(message, made.id, wanted, { ...wanted, ...made.outputs });
      }
    },

    async read(ctx, { id, inputs: before, outputs: state }) {
      const found = await definition.read(await open(ctx), id, state);
      if (found === undefined) return undefined;
      const kept = Object.fromEntries(Object.entries(before).filter(([key]) => key in inputs && !(key in found)));
      const outputs = { ...kept, ...found };
      return { id, inputs: inputsFromState(inputs, before, outputs), outputs };
    },

    async update(ctx, { id, oldOutputs, newInputs, preview }) {
      if (preview || definition.update === undefined) {
        const dropped = Object.fromEntries(
          Object.keys(inputs)
            .filter((key) => !inputs[key]?.computed && newInputs[key] === undefined)
            .map((key) => [key, undefined]),
        );
        return { outputs: { ...oldOutputs, ...dropped, ...newInputs } };
      }
      const service = await open(ctx);
      await definition.update(service, id, oldOutputs, newInputs);
      return { outputs: await waitUntilVisible(service, id, newInputs, { ...oldOutputs, ...newInputs }) };
    },

    async delete(ctx, { id, outputs }) {
      await definition.delete(await open(ctx), id, outputs);
    },
  };
}

function unknownOf<Service>(definition: Definition<Service>, wanted: PropertyMap): PropertyMap {
  const computed = Object.keys(definition.inputs).filter(
    (key) => definition.inputs[key]?.computed && wanted[key] === undefined,
  );
  return Object.fromEntries([...definition.outputs, ...computed].map((key) => [key, UNKNOWN]));
}
