import {
  diffInputs,
  type CallContext,
  type DiffResult,
  type PropertyDiffKind,
  type PropertyMap,
} from "@smallstep-ssh/usersync/host";
import { isMap } from "../common/values";
import type { Cluster } from "./cluster";
import { jobState } from "./job";
import { namespaceOf, objectPath, type Kind } from "./kinds";
import { isAutonamed } from "./naming";
import { annotation, at, withData } from "./objects";

type Context = CallContext<Cluster>;

/** Returns the changes and marks those that replace the object. */
export function changesOf(kind: Kind, olds: PropertyMap, news: PropertyMap, ctx: Context): DiffResult["changes"] {
  const canonical = (object: PropertyMap): PropertyMap => {
    const metadata = isMap(object["metadata"]) ? object["metadata"] : {};
    const namespace = kind.namespaced ? (metadata["namespace"] ?? "default") : undefined;
    return { ...object, metadata: { ...metadata, namespace } };
  };
  const [before, after] = [canonical(olds), canonical(news)];
  // `stringData` and `data` of a Secret can express the same content.
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

/** Plans the replacement of a Job that did not succeed if the annotation replaceUnready requests it. */
export async function unready(
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

/** Returns whether the old object must be deleted first because the new one has the same name. */
export function takesSameName(outputs: PropertyMap, news: PropertyMap): boolean {
  const same = at(outputs, "metadata", "name") === at(news, "metadata", "name");
  return same && namespaceOf(outputs) === namespaceOf(news) && !isAutonamed(news);
}
