import { isDeepStrictEqual } from "node:util";

import * as z from "zod/mini";

import { GraphError } from "../../clients/graph/errors";
import type { JobApi, SynchronizationJob } from "../../clients/graph/synchronization";
import { defaultTimes } from "../../clients/retry";
import { defineResource } from "../../host/define";
import { property, type Values } from "../../host/properties";
import { type CallContext, InputErrors, PartialFailure } from "../../host/types";
import { guardGroups } from "../attributeMappings/guards";
import { type EntraConfig, delay } from "../entraConfig";
import { jobIdentity, openJob, percentage, scimCredentials, testCredentials } from "../synchronizationJob";
import { isHeld, isRunning, statusOutputs, statusShape, stoppedReason } from "./jobStatus";

type Context = CallContext<EntraConfig>;

// Source: synchronizationJobRestartCriteria. Graph documents that None and ConnectorDataStore must not be used.
const resetScopes = ["Escrows", "Watermark", "QuarantineState", "Full", "ForceDeletes"];

const inputs = {
  ...jobIdentity,
  enabled: property("Whether the job runs: true starts it, false pauses it.", z._default(z.boolean(), true)),
  credentials: property(
    "Credentials to test before the job starts and after each change. Default: not tested.",
    z.optional(scimCredentials),
  ),
  restartTriggers: property(
    "Values whose change restarts the synchronization, such as `schemaVersion` of the mappings. Default: none.",
    z.optional(z.record(z.string(), z.string())),
  ),
  resetScope: property(
    "State that a restart resets, comma-separated: `Escrows`, `Watermark`, `QuarantineState`, `Full`, `ForceDeletes`. " +
      "Default: the same as the portal's button.",
    z.optional(
      z.string().check(
        z.refine((text) => text.split(",").every((word) => resetScopes.includes(word.trim())), {
          error: `must be one or more of ${resetScopes.join(", ")}, separated by commas.`,
        }),
      ),
    ),
  ),
  groups: property(
    "Object ids of the groups assigned to the application. Before a change, users who would be in no group are counted. " +
      "Default: not checked.",
    z.optional(z.array(z.string().check(z.minLength(1)))),
  ),
  maxLockedOutPercent: property(
    "Limit for lockouts: percentage of the provisioned users that a change of `groups` may leave in no group. A larger " +
      "change is rejected, in a preview too. Default: 100 (no limit).",
    percentage,
    // A changed limit alone changes nothing in Entra.
    { ignoreChanges: true },
  ),
  heldDeletions: property(
    "Reaction to a job that accidental-deletion prevention holds: `fail` fails, `retry` starts it again, and `allow` " +
      "lets it continue with the deletions. Default: `fail`.",
    z.optional(z.enum(["fail", "retry", "allow"])),
  ),
};

type Inputs = Values<typeof inputs>;

export const provisioning = defineResource({
  token: "usersync:entra:Provisioning",
  description:
    "Run state of a synchronization job. A paused or quarantined job shows as drift of `enabled`. A job that " +
    "accidental-deletion prevention holds starts only if `heldDeletions` allows it. Deleting the resource pauses the job. " +
    "Import by `jobId`. After an import, a new `restartTriggers` restarts the job only if it differs from the schema " +
    "version at the import. Source: Microsoft Graph `synchronizationJob`; needs Synchronization.ReadWrite.All.",
  inputs,
  outputs: {
    ...statusShape,
    importedSchemaVersion: property(
      "Version of the schema at the import. The first update removes it.",
      z.optional(z.string()),
    ),
  },

  async checkChange(ctx: Context, { previous, inputs: { groups, maxLockedOutPercent } }) {
    if (!Array.isArray(groups)) return;
    // A group that does not exist yet has an unknown id and no members.
    const after = groups.filter((id) => typeof id === "string");
    await guardGroups(ctx, { before: previous?.inputs.groups ?? [], after }, { maxLockedOutPercent });
  },

  preview: () => Promise.resolve({ importedSchemaVersion: undefined }),

  async create(ctx, declared) {
    const id = declared.jobId;
    const job = await openJob(ctx, id, { eventuallyConsistent: true });
    if (declared.credentials !== undefined) await testCredentials(job, declared.credentials);
    const outputs = await withPartialFailure(id, declared, async () => {
      await reconcileJob(ctx, job, declared);
      return { ...declared, ...statusOutputs(await readJob(job, id)) };
    });
    return { id, outputs };
  },

  async read(ctx, id, { inputs: before, outputs }) {
    const job = await openJob(ctx, id);
    const found = await job.get();
    if (found === undefined) return undefined;
    const isImport = Object.keys(before).length === 0;
    const version = isImport ? (await job.getSchema())?.["version"] : outputs.importedSchemaVersion;
    const importedSchemaVersion = typeof version === "string" ? version : undefined;
    const enabled = isRunning(found);
    if (!enabled && before.enabled === true) ctx.log("warning", `The job ${stoppedReason(found)}.`);
    if (enabled && before.enabled === false) ctx.log("warning", "The job was started outside of this program.");
    const now = { ...before, jobId: id, enabled };
    return { inputs: now, outputs: { ...now, importedSchemaVersion, ...statusOutputs(found) } };
  },

  async update(ctx, { id, previous, inputs: declared }) {
    const job = await openJob(ctx, id);
    const { credentials, restartTriggers = {} } = declared;
    const isTested = isDeepStrictEqual(previous.inputs.credentials, credentials);
    if (credentials !== undefined && !isTested) await testCredentials(job, credentials);
    await reconcileJob(ctx, job, declared);
    const before =
      previous.inputs.restartTriggers ??
      restartTriggersAtImport(previous.outputs.importedSchemaVersion, restartTriggers);
    if (!isDeepStrictEqual(before, restartTriggers) && declared.enabled) {
      await job.restart(declared.resetScope);
      ctx.log("info", "The synchronization was restarted.");
    }
    // If the following read fails, the next `up` must not restart the job again.
    return withPartialFailure(id, declared, async () => ({ ...declared, ...statusOutputs(await readJob(job, id)) }));
  },

  async delete(ctx, id) {
    await (await openJob(ctx, id)).pause();
  },
});

/**
 * Returns the restart triggers to compare after an import. Values equal to the imported schema version cause no
 * restart.
 */
function restartTriggersAtImport(
  version: string | undefined,
  restartTriggers: Record<string, string>,
): Record<string, string> {
  if (version === undefined) return {};
  return Object.fromEntries(Object.keys(restartTriggers).map((name) => [name, version]));
}

async function readJob(job: JobApi, id: string): Promise<SynchronizationJob> {
  const found = await job.get();
  if (found === undefined) throw new GraphError(`jobId: the synchronization job ${id} does not exist.`, 404);
  return found;
}

/** Starts or pauses the job as `enabled` requires, from any state. @throws InputErrors, GraphError */
async function reconcileJob(ctx: Context, job: JobApi, declared: Inputs): Promise<void> {
  const id = declared.jobId;
  const found = await readJob(job, id);
  const running = isRunning(found);
  if (!declared.enabled) {
    if (running) await job.pause();
  } else if (isHeld(found)) await resolveHeldJob(ctx, job, found, declared);
  else if (!running) await start(ctx, job, id);
}

/**
 * Handles a held job as `heldDeletions` requires. By default fails, because a started job may continue with the held
 * deletions.
 */
async function resolveHeldJob(ctx: Context, job: JobApi, found: SynchronizationJob, declared: Inputs): Promise<void> {
  switch (declared.heldDeletions) {
    case "allow":
      await job.restart("ForceDeletes, QuarantineState");
      ctx.log("warning", "The job continues with the deletions for which it was held.");
      return;
    case "retry":
      return start(ctx, job, declared.jobId);
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
    found = await readJob(job, id);
    if (isRunning(found)) return;
  }
  if (found !== undefined) throw new GraphError(`The job was started, but it ${stoppedReason(found)}.`, 0);
}

/** Converts errors after the first change to partial failures, so that the engine keeps the resource. */
async function withPartialFailure<T>(id: string, declared: Inputs, change: () => Promise<T>): Promise<T> {
  try {
    return await change();
  } catch (error) {
    if (!(error instanceof GraphError) || [401, 403, 404].includes(error.status)) throw error;
    throw new PartialFailure(error.message, id, declared, declared);
  }
}
