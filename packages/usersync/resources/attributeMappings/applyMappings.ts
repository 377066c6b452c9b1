import { isDeepStrictEqual } from "node:util";

import { boundedList } from "entra-mappings";
import { GraphError } from "../../clients/graph/errors";
import type { SynchronizationSchema } from "../../clients/graph/schema";
import type { Values } from "../../host/properties";
import { type CallContext, type PropertyMap, InputErrors, PartialFailure } from "../../host/types";
import { openJob } from "../synchronizationJob";
import { checkNames, type mappingsOutputs, type MappingsInputs } from "./inputs";
import { type EntraConfig, delay } from "../entraConfig";
import { readMappings, reportDrift } from "./readMappings";
import { mappingDifferences, fromGraph, fromInputs } from "./mapping";
import { type WantedMappings, merge } from "./merge";
import { type ObjectMappingLocation, findObjectMapping } from "./objectMapping";

type Context = CallContext<EntraConfig>;

/** Number of conflicting changes by another client before the update fails without a write. */
const maxWriteConflicts = 5;

export function versionOf(schema: SynchronizationSchema): string {
  return typeof schema.version === "string" ? schema.version : "";
}

/** Rejects names that the job's schema does not contain. Passes if the job does not exist yet. @throws InputErrors */
export async function checkAgainstJob(ctx: Context, inputs: MappingsInputs): Promise<void> {
  const schema = await (await openJob(ctx, inputs.jobId)).getSchema();
  if (schema !== undefined) resolveObjectMapping(schema, inputs);
}

/** Finds the object mapping. @throws InputErrors for names that the job's schema does not contain */
function resolveObjectMapping(schema: SynchronizationSchema, inputs: MappingsInputs): ObjectMappingLocation {
  const { sourceObject, targetObject, mappings } = inputs;
  const place = findObjectMapping(schema, sourceObject, targetObject);
  const property = targetObject === undefined ? "sourceObject" : "targetObject";
  if (typeof place === "string") throw new InputErrors([{ property, reason: place }]);
  const failures = checkNames(schema, place, mappings);
  if (failures.length > 0) throw new InputErrors(failures);
  return place;
}

/**
 * Reads the schema, merges the mappings, writes the schema and verifies it. Graph has no conditional write for schemas.
 * So this function reads again directly before the write, merges concurrent changes of other clients, and reads again
 * after a failed write before it repeats it.
 * @param before inputs and outputs of the last change; undefined on creation
 * @throws InputErrors, GraphError; PartialFailure if the outcome of a write is unknown
 */
export async function applyMappings(
  ctx: Context,
  inputs: MappingsInputs,
  before?: { inputs: Partial<MappingsInputs>; outputs: { schemaVersion?: string } },
): Promise<MappingsInputs & Values<typeof mappingsOutputs>> {
  const { jobId, mappings } = inputs;
  const graph = await ctx.config.graph(ctx.signal);
  const job = await openJob(ctx, jobId);
  const read = () => readSchema(ctx, jobId, before === undefined);
  const mergedInto = (schema: SynchronizationSchema) =>
    merge(schema, resolveObjectMapping(schema, inputs), mappings, inputs.exclusive);
  let mapping = await read();
  if (before !== undefined && before.outputs.schemaVersion !== versionOf(mapping)) {
    reportDrift(ctx, before.inputs.mappings, readMappings(resolveObjectMapping(mapping, inputs), before.inputs));
  }
  const outputs = { ...inputs, declaredMappings: mappings, previousVersion: versionOf(mapping) };
  for (let [tries, collisions] = [0, 0]; ;) {
    const merged = mergedInto(mapping);
    if (!merged.changed) return { ...outputs, schemaVersion: versionOf(mapping) };
    const now = await read();
    if (!isDeepStrictEqual(now, mapping)) {
      if (++collisions > maxWriteConflicts)
        throw new GraphError(`${changing} Nothing was written. Run the deployment again later.`, 0);
      ctx.log("warning", `${changing} The other changes are kept.`);
      mapping = now;
      continue;
    }
    try {
      await job.putSchema(merged.schema);
      return { ...outputs, schemaVersion: await verify(ctx, inputs) };
    } catch (error) {
      const wait = error instanceof PartialFailure ? undefined : graph.retryDelayMs(error, tries++);
      if (wait === undefined)
        throw asPartialFailure(error, jobId, inputs, { ...outputs, schemaVersion: versionOf(mapping) });
      await delay(wait, ctx.signal);
      const later = await read();
      if (mergedInto(later).changed && !isDeepStrictEqual(later, mapping))
        ctx.log("warning", `${changing} The other changes are kept.`);
      mapping = later;
    }
  }
}

const changing = "Another client is changing the synchronization schema at the same time.";

async function readSchema(ctx: Context, jobId: string, eventuallyConsistent: boolean): Promise<SynchronizationSchema> {
  const schema = await (await openJob(ctx, jobId, { eventuallyConsistent })).getSchema();
  if (schema === undefined) throw new GraphError(`jobId: the synchronization job ${jobId} does not exist.`, 404);
  return schema;
}

/** Converts an error to a partial failure if the write may have succeeded, so that the engine keeps the resource. */
function asPartialFailure(error: unknown, jobId: string, inputs: PropertyMap, outputs: PropertyMap): unknown {
  const unknown = error instanceof GraphError && (error.status === 0 || error.status >= 500);
  return unknown ? new PartialFailure(error.message, jobId, inputs, outputs) : error;
}

/** Waits until the service returns the written mappings. Returns the new version of the schema. @throws GraphError */
async function verify(ctx: Context, inputs: MappingsInputs): Promise<string> {
  const { jobId, sourceObject, targetObject, mappings, exclusive } = inputs;
  const job = await openJob(ctx, jobId, { eventuallyConsistent: true });
  let wrong: string[] = [];
  for (const wait of [0, ...ctx.config.retryDelays.visibilityDelays]) {
    await delay(wait, ctx.signal);
    const schema = await job.getSchema();
    if (schema === undefined) continue;
    const place = findObjectMapping(schema, sourceObject, targetObject);
    wrong = typeof place === "string" ? [place] : findMismatches(place, mappings, exclusive);
    if (wrong.length === 0) return versionOf(schema);
  }
  const problem = boundedList(wrong).join("; ") || "the job does not exist";
  throw new GraphError(
    `The service accepted the schema but does not return all of it, or another client has changed it since: ${problem}.`,
    0,
  );
}

/** Lists the differences between the service's mappings and the wanted ones. */
function findMismatches(place: ObjectMappingLocation, wanted: WantedMappings, exclusive: boolean): string[] {
  const present = new Map(place.mappings.map((mapping) => [mapping.targetAttributeName ?? "", mapping]));
  const wrong = Object.entries(wanted).flatMap(([target, inputs]) => {
    const mapping = present.get(target);
    if (mapping === undefined) return [`${target} is not mapped`];
    const properties = mappingDifferences(fromGraph(mapping), fromInputs(inputs));
    return properties.length === 0 ? [] : [`${target} differs in ${properties.join(" and ")}`];
  });
  const others = exclusive ? [...present.keys()].filter((target) => wanted[target] === undefined) : [];
  return [...wrong, ...others.map((target) => `${target} is still mapped`)];
}
