import { isDeepStrictEqual } from "node:util";

import { type SynchronizationJob, JobApi } from "../../clients/graph/synchronization";
import { GraphError } from "../../clients/graph/errors";
import { defaultTimes } from "../../clients/retry";
import {
  type CallContext,
  type PropertyMap,
  type ReadResult,
  type ResourceHandler,
  InputErrors,
  PartialFailure,
  UNKNOWN,
} from "../../host/types";
import { diffInputs } from "../../host/diff";
import { checkJobId } from "../attributeMappings/inputs";
import { type EntraConfig, delay } from "../entraConfig";
import { testCredentials } from "../connectionTest";
import { isHeld, isRunning, statusNames, statusOutputs, stoppedReason } from "./jobStatus";
import { limitNames } from "../attributeMappings/limits";
import { isMap } from "../attributeMappings/mapping";
import { guardGroups } from "../attributeMappings/guards";
import { checkProvisioning } from "./inputs";

type Context = CallContext<EntraConfig>;

/** Handler of `usersync:entra:Provisioning`. Its inputs are documented in sdk/provisioning.ts. */
export const provisioning: ResourceHandler<EntraConfig> = {
  secretOutputs: ["credentials.secretToken"],

  check: (_ctx, { news }) => Promise.resolve(checkProvisioning(news)),

  async diff(ctx, { oldInputs, newInputs }) {
    // A changed limit alone changes nothing in Entra.
    const result = diffInputs(oldInputs, newInputs, { replaceOn: ["jobId"], ignore: limitNames });
    const groups = { before: idsOf(oldInputs["groups"]), after: idsOf(newInputs["groups"]) };
    if (Array.isArray(newInputs["groups"])) await guardGroups(ctx, groups, newInputs);
    return result;
  },

  async create(ctx, { inputs, preview }) {
    if (preview) return { id: "", outputs: withUnknownStatus(inputs) };
    const id = String(inputs["jobId"]);
    const job = await open(ctx, id, true);
    await testCredentials(job, inputs);
    let outputs: PropertyMap = inputs;
    await withPartialFailure(id, inputs, async () => {
      await reconcileJob(ctx, job, inputs);
      outputs = { ...inputs, ...statusOutputs(await readOutputs(job, id)) };
    });
    return { id, outputs };
  },

  async read(ctx, { id, inputs, outputs }): Promise<ReadResult | undefined> {
    const failures = checkJobId(id);
    if (failures.length > 0) throw new InputErrors(failures);
    const job = await open(ctx, id, false);
    const found = await job.get();
    if (found === undefined) return undefined;
    const imported = Object.keys(inputs).length === 0;
    const importedVersion = imported ? (await job.getSchema())?.["version"] : outputs[IMPORTED];
    const enabled = isRunning(found);
    if (!enabled && inputs["enabled"] === true) ctx.log("warning", `The job ${stoppedReason(found)}.`);
    if (enabled && inputs["enabled"] === false) ctx.log("warning", "The job was started outside of this program.");
    const now = { ...inputs, jobId: id, enabled };
    const version = typeof importedVersion === "string" ? { [IMPORTED]: importedVersion } : {};
    return { id, inputs: now, outputs: { ...now, ...version, ...statusOutputs(found) } };
  },

  async update(ctx, { id, oldInputs, oldOutputs, newInputs, preview }) {
    if (preview) return { outputs: withUnknownStatus(newInputs) };
    const job = await open(ctx, id, false);
    if (!isDeepStrictEqual(oldInputs["credentials"], newInputs["credentials"])) await testCredentials(job, newInputs);
    await reconcileJob(ctx, job, newInputs);
    const before =
      oldInputs["restartTriggers"] ?? restartTriggersAtImport(oldOutputs[IMPORTED], newInputs["restartTriggers"]);
    const restart = !isDeepStrictEqual(before, newInputs["restartTriggers"] ?? {});
    if (restart && newInputs["enabled"] !== false) {
      const { resetScope } = newInputs;
      await job.restart(typeof resetScope === "string" ? resetScope : undefined);
      ctx.log("info", "The synchronization was restarted.");
    }
    let outputs: PropertyMap = newInputs;
    // If the following read fails, the next `up` must not restart the job again.
    await withPartialFailure(id, newInputs, async () => {
      outputs = { ...newInputs, ...statusOutputs(await readOutputs(job, id)) };
    });
    return { outputs };
  },

  async delete(ctx, { id }) {
    await (await open(ctx, id, false)).pause();
  },
};

/** Output with the schema version at the import. The first update removes it. */
const IMPORTED = "importedSchemaVersion";

/**
 * Returns the restart triggers to compare after an import. Values equal to the imported schema version cause no
 * restart.
 */
function restartTriggersAtImport(version: PropertyMap[string], restartTriggers: PropertyMap[string]): PropertyMap {
  if (typeof version !== "string" || !isMap(restartTriggers)) return {};
  return Object.fromEntries(Object.keys(restartTriggers).map((name) => [name, version]));
}

async function open(ctx: Context, jobId: string, eventuallyConsistent: boolean): Promise<JobApi> {
  return new JobApi(await ctx.config.graph(ctx.signal), jobId, { signal: ctx.signal, eventuallyConsistent });
}

function withUnknownStatus(inputs: PropertyMap): PropertyMap {
  return { ...inputs, ...Object.fromEntries(statusNames.map((name) => [name, UNKNOWN])) };
}

async function readOutputs(job: JobApi, id: string): Promise<SynchronizationJob> {
  const found = await job.get();
  if (found === undefined) throw new GraphError(`jobId: the synchronization job ${id} does not exist.`, 404);
  return found;
}

/** Returns the known group ids. A group that does not exist yet has an unknown id and no members. */
function idsOf(groups: PropertyMap[string]): string[] {
  return (Array.isArray(groups) ? groups : []).filter((id) => typeof id === "string");
}

/** Starts or pauses the job as `enabled` requires, from any state. @throws InputErrors, GraphError */
async function reconcileJob(ctx: Context, job: JobApi, inputs: PropertyMap): Promise<void> {
  const id = String(inputs["jobId"]);
  const found = await readOutputs(job, id);
  const running = isRunning(found);
  if (inputs["enabled"] === false) {
    if (running) await job.pause();
  } else if (isHeld(found)) await resolveHeldJob(ctx, job, found, inputs);
  else if (!running) await start(ctx, job, id);
}

/**
 * Handles a held job as `heldDeletions` requires. By default fails, because a started job may continue with the held
 * deletions.
 */
async function resolveHeldJob(
  ctx: Context,
  job: JobApi,
  found: SynchronizationJob,
  inputs: PropertyMap,
): Promise<void> {
  switch (inputs["heldDeletions"]) {
    case "allow":
      await job.restart("ForceDeletes, QuarantineState");
      ctx.log("warning", "The job continues with the deletions for which it was held.");
      return;
    case "retry":
      return start(ctx, job, String(inputs["jobId"]));
    default: {
      const reason =
        `the job ${stoppedReason(found)}: starting it could disable these users, and they could not log in. Fix the cause ` +
        "(users were unassigned, left a group, or were disabled) and set heldDeletions (safeguards.heldDeletions of the stack) to retry; " +
        "if the deletions are intended, set it to allow, or choose Allow deletes in the portal.";
      throw new InputErrors([{ property: "enabled", reason }]);
    }
  }
}

/**
 * Starts the job. Retries, because the service rejects a start for some time after the credentials were saved.
 * @throws GraphError
 */
async function start(ctx: Context, job: JobApi, id: string): Promise<void> {
  const waits = [...ctx.config.retryDelays.start];
  for (;;) {
    try {
      await job.start();
      return await waitUntilRunning(ctx, job, id);
    } catch (error) {
      const wait = waits.shift();
      if (!(error instanceof GraphError) || wait === undefined || !isRetryable(error)) throw error;
      const ms = Math.max(wait, error.retryAfterMs ?? 0);
      ctx.log("info", `${error.message} Retrying in ${Math.ceil(ms / 1000)} s.`);
      await delay(ms, ctx.signal);
    }
  }
}

function isRetryable(error: GraphError): boolean {
  const isTooLate = (error.retryAfterMs ?? 0) > defaultTimes.maxRetryAfterMs;
  return error.status >= 400 && ![401, 403, 404].includes(error.status) && !isTooLate;
}

async function waitUntilRunning(ctx: Context, job: JobApi, id: string): Promise<void> {
  let found: SynchronizationJob | undefined;
  for (const wait of [0, ...ctx.config.retryDelays.visibilityDelays]) {
    await delay(wait, ctx.signal);
    found = await readOutputs(job, id);
    if (isRunning(found)) return;
  }
  if (found !== undefined) throw new GraphError(`The job was started, but it ${stoppedReason(found)}.`, 0);
}

/** Converts errors after the first change to partial failures, so that the engine keeps the resource. */
async function withPartialFailure(id: string, inputs: PropertyMap, change: () => Promise<void>): Promise<void> {
  try {
    await change();
  } catch (error) {
    if (!(error instanceof GraphError) || [401, 403, 404].includes(error.status)) throw error;
    throw new PartialFailure(error.message, id, inputs, inputs);
  }
}
