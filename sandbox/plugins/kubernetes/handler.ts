import { setTimeout as sleep } from "node:timers/promises";

import {
  diffInputs,
  hasUnknown,
  PartialFailure,
  type CallContext,
  type CheckFailure,
  type DiffResult,
  type PropertyDiffKind,
  type PropertyMap,
  type ResourceHandler,
} from "../../../provider/host";
import { isMap } from "../common";
import { KubernetesError, type Api } from "./api";
import type { Cluster } from "./cluster";
import { awaitJob, isAwaited, jobState, whyIncomplete } from "./job";
import { collectionPath, idOf, metadataOf, namespaceOf, objectPath, type Kind } from "./kinds";
import { importedInputs, liveInputs } from "./liveInputs";
import { isAutonamed, newFieldManager, withName } from "./naming";
import { annotation, at, manifest, withData } from "./objects";

type Context = CallContext<Cluster>;

const defaultSeconds = 600;
const managerKey = "__fieldManager";

/** The resource type of one kind of object, managed by server-side apply as the official provider does it. */
export function handlerOf(kind: Kind): ResourceHandler<Cluster> {
  return {
    ...(kind.secretOutputs ? { secretOutputs: kind.secretOutputs } : {}),

    async check(ctx, { urn, news, olds }) {
      const { apiVersion, kind: name } = kind;
      const inputs = withNamespace(kind, withName(urn, { apiVersion, kind: name, ...news }, olds), ctx.config);
      return { inputs, failures: wrongInputs(kind, inputs) };
    },

    async diff(ctx, { oldInputs, oldOutputs, newInputs }): Promise<DiffResult> {
      const changes = {
        ...changesOf(kind, oldInputs, newInputs, ctx),
        ...(await unready(ctx, kind, oldOutputs, newInputs)),
      };
      return { changes, deleteBeforeReplace: takesSameName(oldOutputs, newInputs) };
    },

    async create(ctx, { inputs, preview }) {
      const fieldManager = newFieldManager();
      if (preview) {
        const collection = collectionPath(kind, namespaceOf(inputs));
        const outputs = await previewed(ctx, inputs, (api) =>
          api.create(collection, manifest(inputs), { fieldManager, dryRun: true }),
        );
        return { id: "", outputs };
      }
      const api = ctx.config.api(ctx);
      const path = objectPath(kind, inputs);
      if (!ctx.config.settings.upsertExistingObjects && (await api.get(path)) !== undefined) {
        const hint = "import it, or set the provider's upsertExistingObjects to true, or choose another name.";
        throw new Error(`${kind.kind} ${idOf(inputs)} is in the cluster already: ${hint}`);
      }
      const live = await write(ctx, api, kind, inputs, fieldManager);
      return { id: idOf(live), outputs: checkpoint(live, fieldManager) };
    },

    async read(ctx, { id, inputs, outputs }) {
      const api = ctx.config.api(ctx);
      const live = await api.get(objectPath(kind, { metadata: metadataOf(id) }));
      if (live === undefined) return undefined;
      const isImport = Object.keys(inputs).length === 0;
      const result = {
        id,
        inputs: isImport ? importedInputs(live) : liveInputs(inputs, live),
        outputs: checkpoint(live, managerOf(outputs)),
      };
      if (kind.awaited && !isImport && isAwaited(inputs)) {
        const why = await whyIncomplete(api, live);
        if (why !== undefined) throw new PartialFailure(why, id, result.inputs, result.outputs);
      }
      return result;
    },

    async update(ctx, { oldOutputs, newInputs, preview }) {
      const fieldManager = managerOf(oldOutputs);
      if (preview) {
        const write = { fieldManager, force: isForced(ctx, newInputs), dryRun: true };
        const outputs = await previewed(ctx, newInputs, (api) =>
          api.apply(objectPath(kind, newInputs), manifest(newInputs), write),
        );
        return { outputs };
      }
      const live = await write(ctx, ctx.config.api(ctx), kind, newInputs, fieldManager);
      return { outputs: checkpoint(live, fieldManager) };
    },

    async delete(ctx, { id, inputs, outputs }) {
      const api = ctx.config.api(ctx);
      const path = objectPath(kind, { metadata: metadataOf(id) });
      const policy = annotation(inputs, "pulumi.com/deletionPropagationPolicy") ?? "foreground";
      if (!(await api.delete(path, policy.charAt(0).toUpperCase() + policy.slice(1)))) return;
      await gone(ctx, api, path, at(outputs, "metadata", "uid"), secondsOf(ctx, inputs));
    },
  };
}

function withNamespace(kind: Kind, inputs: PropertyMap, cluster: Cluster): PropertyMap {
  const metadata = inputs["metadata"] ?? {};
  if (!kind.namespaced || !isMap(metadata) || metadata["namespace"] !== undefined) return inputs;
  const namespace = cluster.defaultNamespace;
  return namespace === undefined ? inputs : { ...inputs, metadata: { ...metadata, namespace } };
}

function wrongInputs(kind: Kind, inputs: PropertyMap): CheckFailure[] {
  const failures: CheckFailure[] = [];
  for (const property of ["apiVersion", "kind"] as const) {
    if (inputs[property] !== kind[property]) failures.push({ property, reason: `must be ${kind[property]}.` });
  }
  if (at(inputs, "metadata", "generateName") !== undefined) {
    const reason = "does not go with server-side apply; leave out metadata.name for a name with a random ending.";
    failures.push({ property: "metadata.generateName", reason });
  }
  if (!isMap(inputs["metadata"])) failures.push({ property: "metadata", reason: "must be an object." });
  return failures;
}

function changesOf(kind: Kind, olds: PropertyMap, news: PropertyMap, ctx: Context): DiffResult["changes"] {
  const canonical = (object: PropertyMap): PropertyMap => {
    const metadata = isMap(object["metadata"]) ? object["metadata"] : {};
    const namespace = kind.namespaced ? (metadata["namespace"] ?? "default") : undefined;
    return { ...object, metadata: { ...metadata, namespace } };
  };
  const [before, after] = [canonical(olds), canonical(news)];
  // The same may be said as a Secret's text or data.
  if (Object.keys(diffInputs(withData(before), withData(after)).changes).length === 0) return {};
  const replacing = ["metadata.name", "metadata.namespace", ...(kind.replaceOn?.(news, ctx.config.settings) ?? [])];
  const replaces = (path: string) =>
    replacing.some((one) => path === one || path.startsWith(`${one}.`) || path.startsWith(`${one}[`));
  return Object.fromEntries(
    Object.entries(diffInputs(before, after).changes).map(([path, change]) => [
      path,
      replaces(path) ? (`${change}-replace` as PropertyDiffKind) : change,
    ]),
  );
}

// A Job that has not succeeded is made anew if the program asks for that.
async function unready(
  ctx: Context,
  kind: Kind,
  outputs: PropertyMap,
  news: PropertyMap,
): Promise<DiffResult["changes"]> {
  const name = "pulumi.com/replaceUnready";
  if (!kind.awaited || annotation(news, name) !== "true") return {};
  const live = await ctx.config.api(ctx).get(objectPath(kind, outputs));
  if (live === undefined || jobState(live).state === "complete") return {};
  return { [`metadata.annotations["${name}"]`]: "update-replace" };
}

// Two objects cannot have one name at the same time.
function takesSameName(outputs: PropertyMap, news: PropertyMap): boolean {
  const same = at(outputs, "metadata", "name") === at(news, "metadata", "name");
  return same && namespaceOf(outputs) === namespaceOf(news) && !isAutonamed(news);
}

/** What a dry run makes of the inputs; the inputs themselves where that cannot be told yet. */
async function previewed(
  ctx: Context,
  inputs: PropertyMap,
  dryRun: (api: Api) => Promise<PropertyMap>,
): Promise<PropertyMap> {
  if (hasUnknown(inputs)) return inputs;
  try {
    const { status: _status, metadata, ...outputs } = await dryRun(ctx.config.api(ctx));
    const { creationTimestamp: _time, managedFields: _fields, uid: _uid, ...known } = metadata as PropertyMap;
    return { ...outputs, metadata: known };
  } catch (error) {
    if (
      error instanceof KubernetesError
        ? mayComeRight(error)
        : /^(kubeconfig|context):/.test(String((error as Error).message))
    ) {
      return inputs;
    }
    throw error;
  }
}

// Its namespace is to be made, the old one of the same name to be deleted, the cluster itself to be started.
function mayComeRight({ status, reason }: KubernetesError): boolean {
  return status === 0 || status === 403 || status === 404 || reason === "AlreadyExists";
}

async function write(
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

async function gone(ctx: Context, api: Api, path: string, uid: unknown, seconds: number): Promise<void> {
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

function secondsOf(ctx: Context, inputs: PropertyMap): number {
  return ctx.timeoutSeconds ?? (Number(annotation(inputs, "pulumi.com/timeoutSeconds")) || defaultSeconds);
}

function isForced(ctx: Context, inputs: PropertyMap): boolean {
  return ctx.config.settings.enablePatchForce || annotation(inputs, "pulumi.com/patchForce") === "true";
}

/** The state of an object: as it is in the cluster, and as whom we write it. */
function checkpoint(live: PropertyMap, fieldManager: string): PropertyMap {
  return { ...live, __initialApiVersion: live["apiVersion"], [managerKey]: fieldManager };
}

function managerOf(outputs: PropertyMap): string {
  const known = outputs[managerKey];
  return typeof known === "string" ? known : newFieldManager();
}
