import { setTimeout as sleep } from "node:timers/promises";

import { hasUnknown, PartialFailure, type CallContext, type PropertyMap } from "../../../provider/host";
import { KubernetesError, type Api } from "./api";
import type { Cluster } from "./cluster";
import { awaitJob, isAwaited } from "./job";
import { idOf, objectPath, type Kind } from "./kinds";
import { newFieldManager } from "./naming";
import { annotation, at, manifest } from "./objects";
import { KubeconfigError } from "./settings";

type Context = CallContext<Cluster>;

const defaultSeconds = 600;
const managerKey = "__fieldManager";

/** What a dry run makes of the inputs; the inputs themselves where that cannot be told yet. */
export async function previewed(
  ctx: Context,
  inputs: PropertyMap,
  isNew: boolean,
  dryRun: (api: Api) => Promise<PropertyMap>,
): Promise<PropertyMap> {
  if (hasUnknown(inputs)) return inputs;
  try {
    const { status: _status, metadata, ...outputs } = await dryRun(ctx.config.api(ctx));
    const { managedFields: _fields, ...known } = metadata as PropertyMap;
    if (isNew) for (const name of ["creationTimestamp", "uid"]) delete known[name];
    return { ...outputs, metadata: known };
  } catch (error) {
    if (error instanceof KubeconfigError || (error instanceof KubernetesError && mayComeRight(error))) return inputs;
    throw error;
  }
}

// Its namespace is to be made, the old one of the same name to be deleted, the cluster itself to be started.
function mayComeRight({ status, reason }: KubernetesError): boolean {
  return status === 0 || status === 403 || status === 404 || reason === "AlreadyExists";
}

/**
 * Applies an object, and waits for its work where that is asked for.
 * @throws PartialFailure when it is there but did not do its work
 */
export async function write(
  ctx: Context,
  api: Api,
  kind: Kind,
  inputs: PropertyMap,
  fieldManager: string,
): Promise<PropertyMap> {
  const path = objectPath(kind, inputs);
  let live: PropertyMap;
  try {
    live = await api.apply(path, manifest(inputs), { fieldManager, force: isForced(ctx, inputs) });
  } catch (error) {
    if (!(error instanceof KubernetesError) || error.reason !== "Conflict") throw error;
    const hint = 'the annotation pulumi.com/patchForce: "true", or the provider\'s enablePatchForce, takes them over';
    throw new Error(`${kind.kind} ${idOf(inputs)}: somebody else has set fields of it; ${hint}. ${error.message}`, {
      cause: error,
    });
  }
  if (!kind.awaited || !isAwaited(inputs)) return live;
  try {
    return await awaitJob(ctx, api, path, live, secondsOf(ctx, inputs), (seen) => (live = seen));
  } catch (error) {
    const aborted = ctx.signal.aborted ? "The operation was cancelled before the Job was done." : undefined;
    throw new PartialFailure(aborted ?? (error as Error).message, idOf(live), inputs, checkpoint(live, fieldManager));
  }
}

/** Waits until a deleted object is gone. */
export async function gone(ctx: Context, api: Api, path: string, uid: unknown, seconds: number): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const live = await api.get(path);
    if (live === undefined || (uid !== undefined && at(live, "metadata", "uid") !== uid)) return;
    if (Date.now() > deadline) {
      const finalizers = ((at(live, "metadata", "finalizers") ?? []) as string[]).join(", ") || "none";
      throw new Error(
        `${String(live["kind"])} ${idOf(live)} is still there after ${seconds} s (finalizers: ${finalizers}).`,
      );
    }
    await sleep(200, undefined, { signal: ctx.signal });
  }
}

/** How long an operation on an object may take. */
export function secondsOf(ctx: Context, inputs: PropertyMap): number {
  return ctx.timeoutSeconds ?? (Number(annotation(inputs, "pulumi.com/timeoutSeconds")) || defaultSeconds);
}

/** Whether fields that somebody else has set are taken over. */
export function isForced(ctx: Context, inputs: PropertyMap): boolean {
  return ctx.config.settings.enablePatchForce || annotation(inputs, "pulumi.com/patchForce") === "true";
}

/** The state of an object: as it is in the cluster, and as whom we write it. */
export function checkpoint(live: PropertyMap, fieldManager: string): PropertyMap {
  return { ...live, __initialApiVersion: live["apiVersion"], [managerKey]: fieldManager };
}

/** As whom an object was written. */
export function managerOf(outputs: PropertyMap): string {
  const known = outputs[managerKey];
  return typeof known === "string" ? known : newFieldManager();
}
