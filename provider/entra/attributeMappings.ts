import { ExpressionError } from "../../mappings/expression";
import { GraphError, JobApi } from "../graph";
import type { CallContext, DiffResult, PropertyMap, ReadResult, ResourceHandler } from "../host";
import { InputErrors, PartialFailure, UNKNOWN, diffInputs, formatPath, hasUnknown } from "../host";
import { checkJobId, checkMappings, checkNames } from "./checks";
import type { EntraConfig } from "./config";
import { pause } from "./config";
import type { Mapping } from "./mapping";
import { differences, fromGraph, fromInputs, isMap, sameInputs, toInputs } from "./mapping";
import type { WantedMappings } from "./merge";
import { merge } from "./merge";
import { guardMappings } from "./people";
import { limitNames } from "./limits";
import type { Place, SynchronizationSchema } from "./schema";
import { findPlace } from "./schema";

type Context = CallContext<EntraConfig>;

/** `usersync:entra:AttributeMappings`; what its inputs mean is said in provider/sdk/attributeMappings.ts. */
export const attributeMappings: ResourceHandler<EntraConfig> = {
  check: (_ctx, { news }) => Promise.resolve(checkMappings(news)),

  async diff(ctx, { id, oldInputs, oldOutputs, newInputs }): Promise<DiffResult> {
    const result = diffInputs(oldInputs, newInputs, {
      replaceOn: ["jobId"],
      same: (path, before, after) => path[0] === "mappings" && path.length === 2 && sameInputs(before, after),
      // How much a change may do is not a change.
      ignore: limitNames,
    });
    // The job's own names are checked here and not in `check`, so that what has not changed needs no call of Graph.
    if (Object.keys(result.changes).length > 0) {
      await checkAgainstJob(ctx, newInputs);
      const present = oldInputs["mappings"];
      // Here, and not in a preview of the update: an `up` without a preview is refused too.
      if (!hasUnknown(newInputs)) {
        await guardMappings(ctx, id, { present, declared: oldOutputs["declaredMappings"], inputs: newInputs });
      }
    }
    return result;
  },

  async create(ctx, { inputs, preview }) {
    if (preview) {
      await checkAgainstJob(ctx, inputs);
      return { id: "", outputs: { ...declared(inputs), schemaVersion: UNKNOWN, previousVersion: UNKNOWN } };
    }
    return { id: String(inputs["jobId"]), outputs: await apply(ctx, inputs, true) };
  },

  async read(ctx, { id, inputs, outputs }): Promise<ReadResult | undefined> {
    const failures = checkJobId(id);
    if (failures.length > 0) throw new InputErrors(failures);
    const schema = await getSchema(ctx, id);
    if (schema === undefined) return undefined;
    const imported = Object.keys(inputs).length === 0;
    const known: PropertyMap = imported ? { sourceObject: "User", exclusive: true } : inputs;
    const place = findPlace(schema, ...objects(known));
    if (typeof place === "string") ctx.log("warning", place);
    const mappings = typeof place === "string" ? {} : observe(place, known);
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

  async update(ctx, { newInputs, preview }) {
    if (preview) return { outputs: { ...declared(newInputs), schemaVersion: UNKNOWN, previousVersion: UNKNOWN } };
    return { outputs: await apply(ctx, newInputs, false) };
  },

  async delete(ctx, { id }) {
    const job = new JobApi(await ctx.config.graph(ctx.signal), id, { signal: ctx.signal });
    await job.deleteSchema();
  },
};

async function getSchema(ctx: Context, jobId: string, settling = false): Promise<SynchronizationSchema | undefined> {
  const job = new JobApi(await ctx.config.graph(ctx.signal), jobId, { signal: ctx.signal, settling });
  return job.getSchema();
}

function objects(inputs: PropertyMap): [string, string | undefined] {
  const { sourceObject, targetObject } = inputs;
  return [
    typeof sourceObject === "string" ? sourceObject : "User",
    typeof targetObject === "string" ? targetObject : undefined,
  ];
}

function versionOf(schema: SynchronizationSchema): string {
  return typeof schema.version === "string" ? schema.version : "";
}

/** The inputs as outputs: what the program said last is kept apart from what a refresh sees. */
function declared(inputs: PropertyMap): PropertyMap {
  return { ...inputs, declaredMappings: inputs["mappings"] };
}

/** In a preview: names that the job's schema does not know. A job that is not there yet is no failure. */
async function checkAgainstJob(ctx: Context, inputs: PropertyMap): Promise<void> {
  const { jobId, mappings } = inputs;
  if (typeof jobId !== "string" || hasUnknown(inputs)) return;
  const schema = await getSchema(ctx, jobId);
  if (schema !== undefined) prepare(schema, inputs, mappings as WantedMappings);
}

function prepare(schema: SynchronizationSchema, inputs: PropertyMap, wanted: WantedMappings): Place {
  const place = findPlace(schema, ...objects(inputs));
  const property = inputs["targetObject"] === undefined ? "sourceObject" : "targetObject";
  if (typeof place === "string") throw new InputErrors([{ property, reason: place }]);
  const failures = checkNames(schema, place, wanted);
  if (failures.length > 0) throw new InputErrors(failures);
  return place;
}

/** Observe, merge, put, observe again. */
async function apply(ctx: Context, inputs: PropertyMap, settling: boolean): Promise<PropertyMap> {
  const jobId = String(inputs["jobId"]);
  const wanted = inputs["mappings"] as WantedMappings;
  const before = await getSchema(ctx, jobId, settling);
  if (before === undefined) throw new GraphError(`jobId: the synchronization job ${jobId} is not there.`, 404);
  const merged = merge(before, prepare(before, inputs, wanted), wanted, inputs["exclusive"] !== false);
  const outputs = { ...declared(inputs), schemaVersion: versionOf(before), previousVersion: versionOf(before) };
  if (!merged.changed) return outputs;
  const job = new JobApi(await ctx.config.graph(ctx.signal), jobId, { signal: ctx.signal });
  await job.putSchema(merged.schema);
  return { ...outputs, schemaVersion: await verify(ctx, inputs, wanted, outputs) };
}

/** Waits until the service shows what was put, and answers the schema's new version. */
async function verify(
  ctx: Context,
  inputs: PropertyMap,
  wanted: WantedMappings,
  outputs: PropertyMap,
): Promise<string> {
  const jobId = String(inputs["jobId"]);
  let wrong: string[] = [];
  for (const wait of [0, ...ctx.config.waits.settle]) {
    await pause(wait, ctx.signal);
    const schema = await getSchema(ctx, jobId, true);
    if (schema === undefined) continue;
    const place = findPlace(schema, ...objects(inputs));
    wrong = typeof place === "string" ? [place] : deviations(place, wanted, inputs["exclusive"] !== false);
    if (wrong.length === 0) return versionOf(schema);
  }
  const message = `The service accepted the schema but did not take all of it over: ${wrong.join("; ") || "the job is not there"}.`;
  throw new PartialFailure(message, jobId, inputs, outputs);
}

/** Where the service's mappings are not the wanted ones, in words. */
function deviations(place: Place, wanted: WantedMappings, exclusive: boolean): string[] {
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

/** The mappings as a program would have to say them; those that come to the same as before are left as the program said. */
function observe(place: Place, known: PropertyMap): PropertyMap {
  const before = isMap(known["mappings"]) ? known["mappings"] : {};
  const observed: PropertyMap = {};
  for (const mapping of place.mappings) {
    const target = mapping.targetAttributeName ?? "";
    const old = before[target];
    if (known["exclusive"] === false && old === undefined) continue;
    const now = toInputs(mapping);
    observed[target] = isMap(old) && sameInputs(old, now) ? old : now;
  }
  return observed;
}

function reportDrift(ctx: Context, before: PropertyMap[string], now: PropertyMap): void {
  if (!isMap(before)) return;
  const path = (target: string): string => formatPath(["mappings", target]);
  for (const target of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const was = before[target];
    const is = now[target];
    if (!isMap(is)) ctx.log("warning", `${path(target)} was removed outside of this program.`);
    else if (!isMap(was)) ctx.log("warning", `${path(target)} was added outside of this program: ${inWords(is)}.`);
    else if (was !== is)
      ctx.log("warning", `${path(target)} was changed outside of this program: it is ${inWords(is)}.`);
  }
}

function inWords(inputs: PropertyMap): string {
  let mapping: Mapping;
  try {
    mapping = fromInputs(inputs);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return String(inputs["expression"]); // of a form that this program does not know
  }
  return [
    mapping.expression ?? "a fixed value",
    ...(mapping.matchPriority === 0 ? [] : [`matching with precedence ${mapping.matchPriority}`]),
    ...(mapping.flowType === "Always" ? [] : [`applied ${mapping.flowType}`]),
    ...(mapping.default === null ? [] : [`with default "${mapping.default}"`]),
  ].join(", ");
}
