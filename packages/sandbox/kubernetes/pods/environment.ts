import type { V1Container, V1EnvVar, V1EnvVarSource, V1Pod } from "@kubernetes/client-node";
import { ContainerConfigError } from "./errors";
import { expand } from "./expand";
import { configMapContents, secretContents, type ObjectReader } from "./objects";

/**
 * Returns the environment variables of a container by the rules of a kubelet. `envFrom` comes first, then `env` in
 * order. A later variable of the same name wins. `$(NAME)` in a `value` refers to the variables before it.
 *
 * @throws ContainerConfigError if a referenced object or key is missing and not optional
 */
export async function containerEnvironment(
  pod: V1Pod,
  container: V1Container,
  objects: ObjectReader,
): Promise<Map<string, string>> {
  const variables = new Map<string, string>();
  for (const [name, value] of await variablesFromWholeObjects(pod, container, objects)) variables.set(name, value);
  for (const entry of container.env ?? []) {
    const value = await valueOf(pod, entry, variables, objects);
    if (value !== undefined) variables.set(entry.name, value);
  }
  return variables;
}

async function variablesFromWholeObjects(
  pod: V1Pod,
  container: V1Container,
  objects: ObjectReader,
): Promise<[string, string][]> {
  const namespace = pod.metadata?.namespace ?? "default";
  const result: [string, string][] = [];
  for (const { prefix = "", configMapRef, secretRef } of container.envFrom ?? []) {
    const name = configMapRef?.name ?? secretRef?.name ?? "";
    const optional = configMapRef?.optional ?? secretRef?.optional ?? false;
    const found = configMapRef
      ? await keysOfConfigMap(objects, namespace, name)
      : await keysOfSecret(objects, namespace, name);
    if (found === undefined && !optional) throw missing(configMapRef ? "configmap" : "secret", name);
    for (const [key, value] of found ?? []) result.push([`${prefix}${key}`, value.toString()]);
  }
  return result;
}

async function valueOf(
  pod: V1Pod,
  { name, value, valueFrom }: V1EnvVar,
  before: ReadonlyMap<string, string>,
  objects: ObjectReader,
): Promise<string | undefined> {
  if (valueFrom === undefined) return expand(value ?? "", before);
  if (valueFrom.fieldRef) return field(pod, valueFrom.fieldRef.fieldPath);
  if (valueFrom.secretKeyRef || valueFrom.configMapKeyRef) return keyOf(pod, valueFrom, objects);
  throw new ContainerConfigError(
    `env ${name}: the Pod runner supports only secretKeyRef, configMapKeyRef and fieldRef`,
  );
}

async function keyOf(pod: V1Pod, source: V1EnvVarSource, objects: ObjectReader): Promise<string | undefined> {
  const namespace = pod.metadata?.namespace ?? "default";
  const { name = "", key, optional = false } = source.secretKeyRef ?? source.configMapKeyRef ?? { key: "" };
  const [kind, title] = source.secretKeyRef ? (["secret", "Secret"] as const) : (["configmap", "ConfigMap"] as const);
  const found =
    kind === "secret" ? await keysOfSecret(objects, namespace, name) : await keysOfConfigMap(objects, namespace, name);
  const value = found?.get(key)?.toString();
  if (value !== undefined || optional) return value;
  if (found === undefined) throw missing(kind, name);
  throw new ContainerConfigError(`couldn't find key ${key} in ${title} ${namespace}/${name}`);
}

async function keysOfSecret(objects: ObjectReader, namespace: string, name: string) {
  const secret = await objects.secret(namespace, name);
  return secret && secretContents(secret);
}

async function keysOfConfigMap(objects: ObjectReader, namespace: string, name: string) {
  const configMap = await objects.configMap(namespace, name);
  return configMap && configMapContents(configMap);
}

/** Returns the value of a Pod field that the downward API exposes to containers. */
export function field(pod: V1Pod, fieldPath: string): string {
  const keyed = /^metadata\.(labels|annotations)\['([^']+)'\]$/.exec(fieldPath);
  if (keyed) return pod.metadata?.[keyed[1] as "labels" | "annotations"]?.[keyed[2] ?? ""] ?? "";
  const fields: Record<string, string | undefined> = {
    "metadata.name": pod.metadata?.name,
    "metadata.namespace": pod.metadata?.namespace,
    "metadata.uid": pod.metadata?.uid,
    "spec.nodeName": pod.spec?.nodeName,
    "spec.serviceAccountName": pod.spec?.serviceAccountName,
    "status.hostIP": "127.0.0.1",
    "status.podIP": "127.0.0.1",
  };
  if (!(fieldPath in fields)) throw new ContainerConfigError(`unsupported fieldPath: ${fieldPath}`);
  return fields[fieldPath] ?? "";
}

function missing(kind: string, name: string): ContainerConfigError {
  return new ContainerConfigError(`${kind} "${name}" not found`);
}
