import { randomBytes } from "node:crypto";

import type { PropertyMap } from "@smallstep-ssh/usersync/host";
import { isMap } from "../common/values";
import { annotation, at } from "./objects";

const autonamed = "pulumi.com/autonamed";

/** Returns whether the provider generated the object's name. */
export function isAutonamed(object: PropertyMap): boolean {
  return annotation(object, autonamed) === "true";
}

/**
 * Sets the name of an object without one: its previous name, or a new one that consists of the resource's name and
 * eight random hexadecimal digits. The random part allows creating the next object before the old one is deleted.
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

/** Returns a unique field manager for an object, so that the API distinguishes our changes from those of others. */
export function newFieldManager(): string {
  return `pulumi-kubernetes-${hex()}`;
}

function hex(): string {
  return randomBytes(4).toString("hex");
}
