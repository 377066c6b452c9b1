import { JobApi } from "../../clients/graph/synchronization";
import {
  type CallContext,
  type DiffResult,
  type PropertyMap,
  type ReadResult,
  type ResourceHandler,
  InputErrors,
  UNKNOWN,
} from "../../host/types";
import { diffInputs } from "../../host/diff";
import { hasUnknown } from "../../host/wire";
import {
  applyMappings,
  withDeclaredMappings,
  getSchema,
  objectNames,
  resolveObjectMapping,
  versionOf,
} from "./applyMappings";
import { checkJobId, checkMappings } from "./inputs";
import type { EntraConfig } from "../entraConfig";
import { readMappings, reportDrift } from "./readMappings";
import { limitNames } from "./limits";
import { sameInputs } from "./mapping";
import { guardMappings } from "./guards";
import { findObjectMapping } from "./objectMapping";

type Context = CallContext<EntraConfig>;

/** Handler of `usersync:entra:AttributeMappings`. Its inputs are documented in sdk/attributeMappings.ts. */
export const attributeMappings: ResourceHandler<EntraConfig> = {
  check: (_ctx, { news }) => Promise.resolve(checkMappings(news)),

  async diff(ctx, { id, oldInputs, oldOutputs, newInputs }): Promise<DiffResult> {
    const result = diffInputs(oldInputs, newInputs, {
      replaceOn: ["jobId"],
      areEqual: (path, before, after) => path[0] === "mappings" && path.length === 2 && sameInputs(before, after),
      // A changed limit alone changes nothing in Entra.
      ignore: limitNames,
    });
    // Check names against the job here and not in `check`, so that unchanged inputs need no call of Graph.
    if (Object.keys(result.changes).length > 0) {
      await checkAgainstJob(ctx, newInputs);
      const present = oldInputs["mappings"];
      // Check limits here and not in the update's preview, so that an `up` without a preview is rejected too.
      if (!hasUnknown(newInputs)) {
        await guardMappings(ctx, id, { present, declared: oldOutputs["declaredMappings"], inputs: newInputs });
      }
    }
    return result;
  },

  async create(ctx, { inputs, preview }) {
    if (preview) {
      await checkAgainstJob(ctx, inputs);
      return { id: "", outputs: { ...withDeclaredMappings(inputs), schemaVersion: UNKNOWN, previousVersion: UNKNOWN } };
    }
    return { id: String(inputs["jobId"]), outputs: await applyMappings(ctx, inputs) };
  },

  async read(ctx, { id, inputs, outputs }): Promise<ReadResult | undefined> {
    const failures = checkJobId(id);
    if (failures.length > 0) throw new InputErrors(failures);
    const schema = await getSchema(ctx, id);
    if (schema === undefined) return undefined;
    const imported = Object.keys(inputs).length === 0;
    const known: PropertyMap = imported ? { sourceObject: "User", exclusive: true } : inputs;
    const place = findObjectMapping(schema, ...objectNames(known));
    if (typeof place === "string") ctx.log("warning", place);
    const mappings = typeof place === "string" ? {} : readMappings(place, known);
    if (!imported) reportDrift(ctx, known["mappings"], mappings);
    const found = { ...known, jobId: id, mappings };
    const version = versionOf(schema);
    return {
      id,
      inputs: found,
      outputs: {
        ...found,
        declaredMappings: outputs["declaredMappings"] ?? mappings,
        schemaVersion: version,
        previousVersion: outputs["previousVersion"] ?? version,
      },
    };
  },

  async update(ctx, { oldInputs, oldOutputs, newInputs, preview }) {
    if (preview)
      return { outputs: { ...withDeclaredMappings(newInputs), schemaVersion: UNKNOWN, previousVersion: UNKNOWN } };
    return { outputs: await applyMappings(ctx, newInputs, { inputs: oldInputs, outputs: oldOutputs }) };
  },

  async delete(ctx, { id }) {
    const job = new JobApi(await ctx.config.graph(ctx.signal), id, { signal: ctx.signal });
    await job.deleteSchema();
  },
};

/** Rejects names that the job's schema does not contain. Passes if the job does not exist yet. @throws InputErrors */
async function checkAgainstJob(ctx: Context, inputs: PropertyMap): Promise<void> {
  const { jobId } = inputs;
  if (typeof jobId !== "string" || hasUnknown(inputs)) return;
  const schema = await getSchema(ctx, jobId);
  if (schema !== undefined) resolveObjectMapping(schema, inputs);
}
