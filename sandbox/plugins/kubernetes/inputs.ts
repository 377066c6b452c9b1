import type { CheckFailure, PropertyMap } from "../../../provider/host";
import { isMap } from "../common";
import type { Cluster } from "./cluster";
import type { Kind } from "./kinds";
import { at } from "./objects";

/** Puts an object that names no namespace into the provider's. */
export function withNamespace(kind: Kind, inputs: PropertyMap, cluster: Cluster): PropertyMap {
  const metadata = inputs["metadata"] ?? {};
  if (!kind.namespaced || !isMap(metadata) || metadata["namespace"] !== undefined) return inputs;
  const namespace = cluster.defaultNamespace;
  return namespace === undefined ? inputs : { ...inputs, metadata: { ...metadata, namespace } };
}

/** All that is wrong with inputs; what only the API knows shows in the preview. */
export function wrongInputs(kind: Kind, inputs: PropertyMap): CheckFailure[] {
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
