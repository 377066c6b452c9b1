import { ApiException, type CoreV1Api, type V1Container, type V1EnvVar, type V1Pod } from "@kubernetes/client-node";

/**
 * A container cannot be created as the Pod's spec requires. Like a kubelet, the runner reports this in the container's
 * status and retries.
 */
export class ContainerConfigError extends Error {
  constructor(
    message: string,
    readonly reason: "CreateContainerConfigError" | "ErrImagePull" | "ContainerCreating" = "CreateContainerConfigError",
  ) {
    super(message);
    this.name = "ContainerConfigError";
  }
}

/** Returns the keys of a ConfigMap or Secret with their values. Returns undefined if it does not exist. */
export type ReadKeys = (
  kind: "configmap" | "secret",
  namespace: string,
  name: string,
) => Promise<ReadonlyMap<string, Buffer> | undefined>;

export function keyReader(api: CoreV1Api): ReadKeys {
  return async (kind, namespace, name) => {
    try {
      const { data = {} } =
        kind === "secret"
          ? await api.readNamespacedSecret({ namespace, name })
          : await api.readNamespacedConfigMap({ namespace, name });
      const encoding = kind === "secret" ? "base64" : "utf8";
      return new Map(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, encoding)]));
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  };
}

export function isNotFound(error: unknown): boolean {
  return error instanceof ApiException && error.code === 404;
}

/**
 * Returns the environment variables of a container by the rules of a kubelet. `$(NAME)` in a `value` refers to the
 * variables before it.
 *
 * @throws ContainerConfigError if a referenced object or key is missing and not optional
 */
export async function containerEnvironment(
  pod: V1Pod,
  container: V1Container,
  read: ReadKeys,
): Promise<Map<string, string>> {
  const variables = new Map<string, string>();
  for (const entry of container.env ?? []) {
    const value =
      entry.valueFrom === undefined ? expand(entry.value ?? "", variables) : await referenced(pod, entry, read);
    if (value !== undefined) variables.set(entry.name, value);
  }
  return variables;
}

async function referenced(pod: V1Pod, { name: variable, valueFrom }: V1EnvVar, read: ReadKeys) {
  const source = valueFrom?.secretKeyRef ?? valueFrom?.configMapKeyRef;
  if (source === undefined) {
    throw new ContainerConfigError(`env ${variable}: the Pod runner supports only secretKeyRef and configMapKeyRef`);
  }
  const { name = "", key, optional = false } = source;
  const kind = valueFrom?.secretKeyRef ? "secret" : "configmap";
  const namespace = pod.metadata?.namespace ?? "default";
  const found = await read(kind, namespace, name);
  const value = found?.get(key)?.toString();
  if (value !== undefined || optional) return value;
  throw new ContainerConfigError(
    found === undefined ? `${kind} "${name}" not found` : `couldn't find key ${key} in ${kind} ${namespace}/${name}`,
  );
}

/**
 * Expands `$(NAME)` as a kubelet does. A known name becomes its value, and an unknown name stays unchanged. `$$`
 * becomes one dollar sign, so `$$(NAME)` becomes the text `$(NAME)`.
 */
export function expand(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(/\$(?:(\$)|\(([^)]*)\))/g, (written: string, dollar: string | undefined, name: string) =>
    dollar !== undefined ? "$" : (variables.get(name) ?? written),
  );
}
