import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import {
  isMap,
  diffInputs,
  PartialFailure,
  type CallContext,
  type DiffResult,
  type PropertyDiffKind,
  type PropertyMap,
  type ResourceHandler,
} from "@smallstep-ssh/usersync/host";
import type { Api } from "./api";
import { annotation, awaitJob, jobState, whyIncomplete } from "./job";
import { liveInputs, withData } from "./liveInputs";

/** The cluster that a provider manages. */
export interface Context {
  api(signal: AbortSignal): Api;
}

/** A kind of object that this stand-in supports. */
export interface Kind {
  apiVersion: string;
  kind: string;
  /** Paths whose change replaces the object, in addition to its name and namespace. */
  replaceOn: readonly string[];
  secretOutputs?: readonly string[];
}

const deletedWithinMs = 600_000;
const replaceUnready = "pulumi.com/replaceUnready";
const patchForce = "pulumi.com/patchForce";

/** Creates the handler of one kind of object. Like the official provider, it uses server-side apply. */
export function handlerOf({ apiVersion, kind, replaceOn, secretOutputs }: Kind): ResourceHandler<Context> {
  const replacing = ["metadata.name", "metadata.namespace", ...replaceOn];
  const isReplacing = (path: string) =>
    replacing.some((one) => path === one || path.startsWith(`${one}.`) || path.startsWith(`${one}[`));

  /** Applies an object and waits for a Job unless the program sets skipAwait. */
  async function write(ctx: CallContext<Context>, inputs: PropertyMap, fieldManager: string): Promise<PropertyMap> {
    const api = ctx.config.api(ctx.signal);
    let live = await api.apply(withData(inputs), fieldManager, annotation(inputs, patchForce) === "true");
    const state = () => ({ ...live, __initialApiVersion: apiVersion, __fieldManager: fieldManager });
    if (!isAwaited(inputs)) return state();
    try {
      await awaitJob(ctx, api, live, (polled) => (live = polled));
      return state();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const message = ctx.signal.aborted ? "The operation was cancelled before the Job completed." : reason;
      throw new PartialFailure(message, idOf(live), inputs, state());
    }
  }

  return {
    secretOutputs: secretOutputs ?? [],

    async check(_ctx, { news }) {
      const metadata = isMap(news["metadata"]) ? news["metadata"] : {};
      const failures =
        metadata["name"] === undefined ? [{ property: "metadata.name", reason: "is required by the stand-in." }] : [];
      return { inputs: { apiVersion, kind, ...news, metadata: { namespace: "default", ...metadata } }, failures };
    },

    async diff(ctx, { oldInputs, oldOutputs, newInputs }): Promise<DiffResult> {
      const changes = Object.entries(diffInputs(oldInputs, newInputs).changes).map(([path, change]) => [
        path,
        isReplacing(path) ? (`${change}-replace` as PropertyDiffKind) : change,
      ]);
      if (kind === "Job" && annotation(newInputs, replaceUnready) === "true") {
        const live = await ctx.config.api(ctx.signal).get({ apiVersion, kind, ...oldOutputs });
        if (live !== undefined && jobState(live).state !== "complete") {
          changes.push([`metadata.annotations["${replaceUnready}"]`, "update-replace"]);
        }
      }
      // An object of the same name must be deleted first.
      return { changes: Object.fromEntries(changes), deleteBeforeReplace: idOf(oldOutputs) === idOf(newInputs) };
    },

    async create(ctx, { inputs, preview }) {
      if (preview) return { id: "", outputs: inputs };
      if ((await ctx.config.api(ctx.signal).get(inputs)) !== undefined) {
        throw new Error(`${kind} ${idOf(inputs)} is in the cluster already: import it, or choose another name.`);
      }
      const fieldManager = `pulumi-kubernetes-${randomBytes(4).toString("hex")}`;
      const outputs = await write(ctx, inputs, fieldManager);
      return { id: idOf(outputs), outputs };
    },

    async read(ctx, { id, inputs, outputs: before }) {
      const api = ctx.config.api(ctx.signal);
      const [namespace, name] = id.split("/");
      const live = await api.get({ apiVersion, kind, metadata: { namespace, name } });
      if (live === undefined) return undefined;
      const outputs: PropertyMap = {
        ...live,
        __initialApiVersion: apiVersion,
        __fieldManager: before["__fieldManager"],
      };
      const result = { id, inputs: liveInputs(inputs, live), outputs };
      const why = isAwaited(inputs) ? await whyIncomplete(api, live) : undefined;
      if (why !== undefined) throw new PartialFailure(why, id, result.inputs, result.outputs);
      return result;
    },

    async update(ctx, { oldOutputs, newInputs, preview }) {
      if (preview) return { outputs: { ...oldOutputs, ...newInputs } };
      return { outputs: await write(ctx, newInputs, String(oldOutputs["__fieldManager"])) };
    },

    async delete(ctx, { inputs }) {
      const api = ctx.config.api(ctx.signal);
      await api.delete(inputs);
      const deadline = Date.now() + deletedWithinMs;
      while ((await api.get(inputs)) !== undefined) {
        if (Date.now() > deadline) {
          throw new Error(`${kind} ${idOf(inputs)} still exists after ${deletedWithinMs / 1000} s.`);
        }
        await sleep(200, undefined, { signal: ctx.signal });
      }
    },
  };
}

function isAwaited(inputs: PropertyMap): boolean {
  return inputs["kind"] === "Job" && annotation(inputs, "pulumi.com/skipAwait") !== "true";
}

/** Returns the id in the official provider's format: `namespace/name`. */
function idOf({ metadata }: PropertyMap): string {
  const { namespace = "default", name } = isMap(metadata) ? metadata : {};
  return `${String(namespace)}/${String(name)}`;
}
