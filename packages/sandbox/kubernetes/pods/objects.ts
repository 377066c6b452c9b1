import { ApiException, type CoreV1Api, type V1ConfigMap, type V1Secret } from "@kubernetes/client-node";

/** Reads the objects that Pods refer to by name. Returns undefined for a missing object. */
export interface ObjectReader {
  configMap(namespace: string, name: string): Promise<V1ConfigMap | undefined>;
  secret(namespace: string, name: string): Promise<V1Secret | undefined>;
  /** Requests a token of a service account, valid for `seconds`. */
  serviceAccountToken(namespace: string, name: string, seconds: number, audience?: string): Promise<string>;
}

export function objectReader(api: CoreV1Api): ObjectReader {
  return {
    configMap: (namespace, name) => orUndefined(api.readNamespacedConfigMap({ namespace, name })),
    secret: (namespace, name) => orUndefined(api.readNamespacedSecret({ namespace, name })),
    serviceAccountToken: async (namespace, name, seconds, audience) => {
      const spec = { expirationSeconds: seconds, audiences: audience === undefined ? [] : [audience] };
      const answer = await api.createNamespacedServiceAccountToken({ namespace, name, body: { spec } });
      return answer.status?.token ?? "";
    },
  };
}

/** Returns the keys of a Secret with their decoded values. */
export function secretContents({ data }: V1Secret): Map<string, Buffer> {
  return new Map(Object.entries(data ?? {}).map(([key, value]) => [key, Buffer.from(value, "base64")]));
}

/** Returns the keys of a ConfigMap with their values. */
export function configMapContents({ data, binaryData }: V1ConfigMap): Map<string, Buffer> {
  return new Map([
    ...Object.entries(data ?? {}).map(([key, value]) => [key, Buffer.from(value)] as const),
    ...Object.entries(binaryData ?? {}).map(([key, value]) => [key, Buffer.from(value, "base64")] as const),
  ]);
}

export function isNotFound(error: unknown): boolean {
  return error instanceof ApiException && error.code === 404;
}

async function orUndefined<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
