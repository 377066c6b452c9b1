import type { PropertyMap } from "@smallstep-ssh/usersync/host";
import { at } from "./objects";
import type { Settings } from "./settings";

/** A kind of object that this stand-in supports. */
export interface Kind {
  apiVersion: string;
  kind: string;
  /** Name in the API's paths. */
  plural: string;
  namespaced: boolean;
  /** Paths whose change replaces the object, in addition to its name and namespace. */
  replaceOn?(wanted: PropertyMap, settings: Settings): readonly string[];
  /** Whether an object is ready only when it is complete. */
  awaited?: true;
  secretOutputs?: readonly string[];
}

const isImmutable = (wanted: PropertyMap) => wanted["immutable"] === true;

/** Supported kinds by resource type. The same changes replace an object as in the official provider. */
export const kinds: Readonly<Record<string, Kind>> = {
  "kubernetes:core/v1:Namespace": { apiVersion: "v1", kind: "Namespace", plural: "namespaces", namespaced: false },
  "kubernetes:core/v1:ServiceAccount": {
    apiVersion: "v1",
    kind: "ServiceAccount",
    plural: "serviceaccounts",
    namespaced: true,
  },
  "kubernetes:core/v1:ConfigMap": {
    apiVersion: "v1",
    kind: "ConfigMap",
    plural: "configmaps",
    namespaced: true,
    replaceOn: (wanted, settings) =>
      settings.enableConfigMapMutable && !isImmutable(wanted) ? [] : ["binaryData", "data"],
  },
  "kubernetes:core/v1:Secret": {
    apiVersion: "v1",
    kind: "Secret",
    plural: "secrets",
    namespaced: true,
    replaceOn: (wanted, settings) =>
      settings.enableSecretMutable && !isImmutable(wanted) ? ["type"] : ["type", "stringData", "data"],
    secretOutputs: ["data", "stringData"],
  },
  "kubernetes:batch/v1:Job": {
    apiVersion: "batch/v1",
    kind: "Job",
    plural: "jobs",
    namespaced: true,
    replaceOn: () => ["spec.completions", "spec.completionMode", "spec.parallelism", "spec.selector", "spec.template"],
    awaited: true,
  },
};

/** Returns the path of a collection in the API. */
export function collectionPath({ apiVersion, plural, namespaced }: Kind, namespace: string): string {
  const group = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const scope = namespaced ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `${group}${scope}/${plural}`;
}

/** Returns the path of the object that inputs or outputs describe. */
export function objectPath(kind: Kind, object: PropertyMap): string {
  const name = String(at(object, "metadata", "name"));
  return `${collectionPath(kind, namespaceOf(object))}/${encodeURIComponent(name)}`;
}

export function namespaceOf(object: PropertyMap): string {
  const namespace = at(object, "metadata", "namespace");
  return typeof namespace === "string" && namespace !== "" ? namespace : "default";
}

/** Returns the id in the official provider's format: `namespace/name`, or only the name. */
export function idOf(object: PropertyMap): string {
  const [namespace, name] = [at(object, "metadata", "namespace"), String(at(object, "metadata", "name"))];
  return typeof namespace === "string" && namespace !== "" ? `${namespace}/${name}` : name;
}

/** Returns the name and namespace in an id. */
export function metadataOf(id: string): PropertyMap {
  const [first, second] = id.split("/");
  return second === undefined ? { name: first } : { namespace: first, name: second };
}
