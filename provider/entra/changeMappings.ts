import { isDeepStrictEqual } from "node:util";

import { GraphError, JobApi } from "../graph";
import type { CallContext, PropertyMap } from "../host";
import { InputErrors, PartialFailure } from "../host";
import { checkNames } from "./checks";
import type { EntraConfig } from "./config";
import { delay } from "./config";
import { readMappings, reportDrift } from "./drift";
import { differences, fromGraph, fromInputs } from "./mapping";
import type { WantedMappings } from "./merge";
import { merge } from "./merge";
import type { ObjectMappingLocation, SynchronizationSchema } from "./schema";
import { findObjectMapping } from "./schema";

type Context = CallContext<EntraConfig>;

/** How often somebody else may be quicker before nothing is written. */
const maxWriteConflicts = 5;

export async function getSchema(
  ctx: Context,
  jobId: string,
  eventuallyConsistent = false,
): Promise<SynchronizationSchema | undefined> {
  const job = new JobApi(await ctx.config.graph(ctx.signal), jobId, { signal: ctx.signal, eventuallyConsistent });
  return job.getSchema();
}

export function objectNames(inputs: PropertyMap): [string, string | undefined] {
  const { sourceObject, targetObject } = inputs;
  return [
    typeof sourceObject === "string" ? sourceObject : "User",
    typeof targetObject === "string" ? targetObject : undefined,
  ];
}

export function versionOf(schema: SynchronizationSchema): string {
  return typeof schema.version === "string" ? schema.version : "";
}

/** The inputs as outputs: what the program said last is kept apart from what a refresh sees. */
export function withDeclaredMappings(inputs: PropertyMap): PropertyMap {
  return { ...inputs, declaredMappings: inputs["mappings"] };
}

/** Where the mappings are. @throws InputErrors for names that the job's schema does not know */
export function resolveObjectMapping(schema: SynchronizationSchema, inputs: PropertyMap): ObjectMappingLocation {
  const place = findObjectMapping(schema, ...objectNames(inputs));
  const property = inputs["targetObject"] === undefined ? "sourceObject" : "targetObject";
  if (typeof place === "string") throw new InputErrors([{ property, reason: place }]);
  const failures = checkNames(schema, place, inputs["mappings"] as WantedMappings);
  if (failures.length > 0) throw new InputErrors(failures);
  return place;
}

/**
 * Observe, merge, put, observe again. Graph has no way to change a schema only if nobody else has: so it is read once more right
 * before it is written, what somebody else has changed meanwhile is merged, and a write that failed is not sent again before a look.
 * `before`: what the program had set and the service had answered at the last change.
 */
export async function changeMappings(
  ctx: Context,
  inputs: PropertyMap,
  before?: { inputs: PropertyMap; outputs: PropertyMap },
): Promise<PropertyMap> {
  const jobId = String(inputs["jobId"]);
  const graph = await ctx.config.graph(ctx.signal);
  const job = new JobApi(graph, jobId, { signal: ctx.signal });
  const read = () => readSchema(ctx, jobId, before === undefined);
  const wanted = inputs["mappings"] as WantedMappings;
  const mergedInto = (schema: SynchronizationSchema) =>
    merge(schema, resolveObjectMapping(schema, inputs), wanted, inputs["exclusive"] !== false);
  let seen = await read();
  if (before !== undefined && before.outputs["schemaVersion"] !== versionOf(seen)) {
    reportDrift(ctx, before.inputs["mappings"], readMappings(resolveObjectMapping(seen, inputs), before.inputs));
  }
  const outputs = { ...withDeclaredMappings(inputs), previousVersion: versionOf(seen) };
  for (let [tries, collisions] = [0, 0]; ;) {
    const merged = mergedInto(seen);
    if (!merged.changed) return { ...outputs, schemaVersion: versionOf(seen) };
    const now = await read();
    if (!isDeepStrictEqual(now, seen)) {
      if (++collisions > maxWriteConflicts)
        throw new GraphError(`${changing} Nothing was written: try again later.`, 0);
      ctx.log("warning", `${changing} What was changed is kept.`);
      seen = now;
      continue;
    }
    try {
      await job.putSchema(merged.schema);
      return { ...outputs, schemaVersion: await verify(ctx, inputs) };
    } catch (error) {
      const wait = error instanceof PartialFailure ? undefined : graph.retryDelayMs(error, tries++);
      if (wait === undefined)
        throw asPartialFailure(error, jobId, inputs, { ...outputs, schemaVersion: versionOf(seen) });
      await delay(wait, ctx.signal);
      const later = await read();
      if (mergedInto(later).changed && !isDeepStrictEqual(later, seen))
        ctx.log("warning", `${changing} What was changed is kept.`);
      seen = later;
    }
  }
}

const changing = "The synchronization schema is being changed by somebody else at the same time.";

async function readSchema(ctx: Context, jobId: string, eventuallyConsistent: boolean): Promise<SynchronizationSchema> {
  const schema = await getSchema(ctx, jobId, eventuallyConsistent);
  if (schema === undefined) throw new GraphError(`jobId: the synchronization job ${jobId} is not there.`, 404);
  return schema;
}

/** A write whose outcome is not known may have been done: the engine must not forget the resource. */
function asPartialFailure(error: unknown, jobId: string, inputs: PropertyMap, outputs: PropertyMap): unknown {
  const unknown = error instanceof GraphError && (error.status === 0 || error.status >= 500);
  return unknown ? new PartialFailure(error.message, jobId, inputs, outputs) : error;
}

/** Waits until the service shows what was put, and answers the schema's new version. */
async function verify(ctx: Context, inputs: PropertyMap): Promise<string> {
  const jobId = String(inputs["jobId"]);
  let wrong: string[] = [];
  for (const wait of [0, ...ctx.config.retryDelays.visibilityDelays]) {
    await delay(wait, ctx.signal);
    const schema = await getSchema(ctx, jobId, true);
    if (schema === undefined) continue;
    const place = findObjectMapping(schema, ...objectNames(inputs));
    const wanted = inputs["mappings"] as WantedMappings;
    wrong = typeof place === "string" ? [place] : findMismatches(place, wanted, inputs["exclusive"] !== false);
    if (wrong.length === 0) return versionOf(schema);
  }
  const what = wrong.join("; ") || "the job is not there";
  throw new GraphError(
    `The service accepted the schema but does not show all of it, or somebody else has changed it since: ${what}.`,
    0,
  );
}

/** Where the service's mappings are not the wanted ones, in words. */
function findMismatches(place: ObjectMappingLocation, wanted: WantedMappings, exclusive: boolean): string[] {
  const present = new Map(place.mappings.map((mapping) => [mapping.targetAttributeName ?? "", mapping]));
  const wrong = Object.entries(wanted).flatMap(([target, inputs]) => {
    const mapping = present.get(target);
    if (mapping === undefined) return [`${target} is not mapped`];
    const properties = differences(fromGraph(mapping), fromInputs(inputs));
    return properties.length === 0 ? [] : [`${target} has another ${properties.join(" and ")}`];
  });
  const others = exclusive ? [...present.keys()].filter((target) => wanted[target] === undefined) : [];
  return [...wrong, ...others.map((target) => `${target} is still mapped`)];
}
