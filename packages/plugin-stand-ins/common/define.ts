import {
  PartialFailure,
  UNKNOWN,
  type CallContext,
  type PropertyMap,
  type ResourceHandler,
} from "@smallstep-ssh/usersync/host";
import { inputsFromState, planDiff } from "./diff";
import { checkInputs, type Inputs } from "./inputs";

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
  { name, inputs, ...definition }: Definition<Service>,
  open: (ctx: CallContext<Config>) => Service | Promise<Service>,
): ResourceHandler<Config> {
  const readWritten = async (service: Service, id: string, wanted: PropertyMap, state: PropertyMap) => {
    const found = await definition.read(service, id, { ...state, ...wanted });
    if (found === undefined) throw new Error(`${name} ${id} was not found directly after it was written.`);
    return { ...wanted, ...found };
  };
  /** Inputs that keep their value in the service if the program sets none. */
  const computed = Object.keys(inputs).filter((key) => inputs[key]?.computed);

  return {
    secretOutputs: definition.secretOutputs ?? [],

    check: async (_ctx, { news }) => checkInputs(inputs, news, name),

    diff: async (_ctx, { oldOutputs, newInputs, ignoreChanges }) =>
      planDiff(inputs, oldOutputs, newInputs, ignoreChanges),

    async create(ctx, { inputs: wanted, preview }) {
      if (preview) {
        const unknown = [...definition.outputs, ...computed.filter((key) => wanted[key] === undefined)];
        return { id: "", outputs: { ...wanted, ...Object.fromEntries(unknown.map((key) => [key, UNKNOWN])) } };
      }
      const service = await open(ctx);
      let id: string | undefined;
      let created: PropertyMap = {};
      try {
        await definition.create(service, wanted, (newId, outputs = {}) => ([id, created] = [newId, outputs]));
        if (id === undefined) throw new Error(`${name} was created without an id.`);
        return { id, outputs: await readWritten(service, id, wanted, created) };
      } catch (error) {
        if (id === undefined) throw error;
        throw new PartialFailure(error instanceof Error ? error.message : String(error), id, wanted, {
          ...wanted,
          ...created,
        });
      }
    },

    async read(ctx, { id, inputs: before, outputs: state }) {
      const found = await definition.read(await open(ctx), id, state);
      return found && { id, inputs: inputsFromState(inputs, before, found), outputs: found };
    },

    async update(ctx, { id, oldOutputs, newInputs, preview }) {
      if (preview || definition.update === undefined) {
        const kept = Object.entries(oldOutputs).filter(([key]) => inputs[key] === undefined || computed.includes(key));
        return { outputs: { ...Object.fromEntries(kept), ...newInputs } };
      }
      const service = await open(ctx);
      await definition.update(service, id, oldOutputs, newInputs);
      return { outputs: await readWritten(service, id, newInputs, oldOutputs) };
    },

    delete: async (ctx, { id, outputs }) => definition.delete(await open(ctx), id, outputs),
  };
}
