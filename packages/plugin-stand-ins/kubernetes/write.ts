import { setTimeout as sleep } from "node:timers/promises";

import { hasUnknown, PartialFailure, type CallContext, type PropertyMap } from "@smallstep-ssh/usersync/host";
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

/** Returns the outputs of a dry run, or the inputs if the result cannot be determined yet. */
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

// The update can still create the namespace, delete an object of the same name or start the cluster.
function mayComeRight({ status, reason }: KubernetesError): boolean {
  return status === 0 || status === 403 || status === 404 || reason === "AlreadyExists";
}

/**
 * Applies an object and waits until it is ready if the program requests that.
 * @throws PartialFailure if the object exists but did not become ready
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
    const hint =
      'Set the annotation pulumi.com/patchForce: "true" or the provider\'s enablePatchForce to take them over';
    throw new Error(
      `${kind.kind} ${idOf(inputs)}: another field manager owns fields of this object. ${hint}. ${error.message}`,
      {
        cause: error,
      },
    );
  }
  if (!kind.awaited || !isAwaited(inputs)) return live;
  try {
    return await awaitJob(ctx, api, path, live, secondsOf(ctx, inputs), (polled) => (live = polled));
  } catch (error) {
    const aborted = ctx.signal.aborted ? "The operation was cancelled before the Job completed." : undefined;
    throw new PartialFailure(aborted ?? (error as Error).message, idOf(live), inputs, checkpoint(live, fieldManager));
  }
}

/** Waits until a deleted object no longer exists. @throws Error with its finalizers after the timeout */
export async function waitUntilDeleted(
  ctx: Context,
  api: Api,
  path: string,
  uid: unknown,
  seconds: number,
): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const live = await api.get(path);
    if (live === undefined || (uid !== undefined && at(live, "metadata", "uid") !== uid)) return;
    if (Date.now() > deadline) {
      const finalizers = ((at(live, "metadata", "finalizers") ?? []) as string[]).join(", ") || "none";
      throw new Error(
        `${String(live["kind"])} ${idOf(live)} still exists after ${seconds} s (finalizers: ${finalizers}).`,
      );
    }
    await sleep(200, undefined, { signal: ctx.signal });
  }
}

/** Returns the timeout of an operation on an object, in seconds. */
export function secondsOf(ctx: Context, inputs: PropertyMap): number {
  return ctx.timeoutSeconds ?? (Number(annotation(inputs, "pulumi.com/timeoutSeconds")) || defaultSeconds);
}

/** Returns whether the write takes over fields of other field managers. */
export function isForced(ctx: Context, inputs: PropertyMap): boolean {
  return ctx.config.settings.enablePatchForce || annotation(inputs, "pulumi.com/patchForce") === "true";
}

/** Returns the state of an object: its live properties and our field manager. */
export function checkpoint(live: PropertyMap, fieldManager: string): PropertyMap {
  return { ...live, __initialApiVersion: live["apiVersion"], [managerKey]: fieldManager };
}

/** Returns the field manager in an object's state, or a new one if the state has none. */
export function managerOf(outputs: PropertyMap): string {
  const known = outputs[managerKey];
  return typeof known === "string" ? known : newFieldManager();
}
