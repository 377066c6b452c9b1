import type { CheckFailure, PropertyMap } from "@smallstep-ssh/usersync/host";
import { isMap } from "../common/values";
import type { Cluster } from "./cluster";
import type { Kind } from "./kinds";
import { at } from "./objects";

/** Sets the provider's namespace for an object without one. */
export function withNamespace(kind: Kind, inputs: PropertyMap, cluster: Cluster): PropertyMap {
  const metadata = inputs["metadata"] ?? {};
  if (!kind.namespaced || !isMap(metadata) || metadata["namespace"] !== undefined) return inputs;
  const namespace = cluster.defaultNamespace;
  return namespace === undefined ? inputs : { ...inputs, metadata: { ...metadata, namespace } };
}

/**
 * Reports all problems of the inputs that can be found without the API. The dry run of a preview reports the others.
 */
export function wrongInputs(kind: Kind, inputs: PropertyMap): CheckFailure[] {
  const failures: CheckFailure[] = [];
  for (const property of ["apiVersion", "kind"] as const) {
    if (inputs[property] !== kind[property]) failures.push({ property, reason: `must be ${kind[property]}.` });
  }
  if (at(inputs, "metadata", "generateName") !== undefined) {
    const reason = "is not supported by server-side apply. Omit metadata.name to get a name with a random suffix.";
    failures.push({ property: "metadata.generateName", reason });
  }
  if (!isMap(inputs["metadata"])) failures.push({ property: "metadata", reason: "must be an object." });
  return failures;
}
