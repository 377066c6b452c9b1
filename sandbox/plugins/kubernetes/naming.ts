import { randomBytes } from "node:crypto";

import type { PropertyMap } from "../../../provider/host";
import { isMap } from "../common";
import { annotation, at } from "./objects";

const autonamed = "pulumi.com/autonamed";

/** Whether the provider has chosen the object's name. */
export function isAutonamed(object: PropertyMap): boolean {
  return annotation(object, autonamed) === "true";
}

/**
 * Gives an object without a name the one that it had before, or a new one: the resource's name and eight random digits, so that
 * the next object can be made before the old one goes.
 */
export function withName(urn: string, news: PropertyMap, olds: PropertyMap): PropertyMap {
  const metadata = news["metadata"] ?? {};
  if (!isMap(metadata) || metadata["name"] !== undefined) return news;
  const isNew = Object.keys(olds).length === 0;
  if (!isNew && !isAutonamed(olds)) return news;
  const name = isNew ? `${urn.split("::").slice(3).join("::")}-${hex()}` : at(olds, "metadata", "name");
  const annotations = isMap(metadata["annotations"]) ? metadata["annotations"] : {};
  return { ...news, metadata: { ...metadata, name, annotations: { ...annotations, [autonamed]: "true" } } };
}

/** A name of its own for each object: others' changes to its fields are told apart from ours. */
export function newFieldManager(): string {
  return `pulumi-kubernetes-${hex()}`;
}

function hex(): string {
  return randomBytes(4).toString("hex");
}
