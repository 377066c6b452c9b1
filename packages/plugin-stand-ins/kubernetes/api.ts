import {
  ApiException,
  CoreV1Api,
  KubernetesObjectApi,
  PatchStrategy,
  type KubeConfig,
  type KubernetesObject,
} from "@kubernetes/client-node";

import { isMap, type PropertyMap } from "@smallstep-ssh/usersync/host";

/** Client of the Kubernetes API for plain objects. */
export class Api {
  private readonly objects: KubernetesObjectApi;
  private readonly server: string;

  constructor(
    private readonly config: KubeConfig,
    readonly signal: AbortSignal,
  ) {
    this.objects = KubernetesObjectApi.makeApiClient(config);
    this.server = config.getCurrentCluster()?.server ?? "";
  }

  /** Reads the current version of an object. Returns `undefined` if it does not exist. */
  get(object: PropertyMap): Promise<PropertyMap | undefined> {
    return this.orUndefined(this.objects.read(header(object)));
  }

  /**
   * Writes an object by server-side apply.
   * @param force whether to take fields over that another client has changed; otherwise the cluster answers 409 Conflict
   */
  apply(object: PropertyMap, fieldManager: string, force = false): Promise<PropertyMap> {
    return this.plain(
      this.objects.patch(object, undefined, undefined, fieldManager, force, PatchStrategy.ServerSideApply),
    );
  }

  /** Requests the deletion of an object and of its dependents. Does nothing if it does not exist. */
  async delete(object: PropertyMap): Promise<void> {
    const policy = "Foreground";
    await this.orUndefined(this.objects.delete(header(object), undefined, undefined, undefined, undefined, policy));
  }

  /** Returns the Pods of a Job. */
  async podsOf(job: PropertyMap) {
    const { namespace, uid } = isMap(job["metadata"]) ? job["metadata"] : {};
    const labelSelector = `batch.kubernetes.io/controller-uid=${String(uid)}`;
    const core = this.config.makeApiClient(CoreV1Api);
    return (await core.listNamespacedPod({ namespace: String(namespace), labelSelector })).items;
  }

  private async orUndefined(call: Promise<KubernetesObject>): Promise<PropertyMap | undefined> {
    try {
      return await this.plain(call);
    } catch (error) {
      if (error instanceof Error && error.cause instanceof ApiException && error.cause.code === 404) return undefined;
      throw error;
    }
  }

  /** Converts a result of the client, which has objects for dates, and an error. */
  private async plain(call: Promise<KubernetesObject>): Promise<PropertyMap> {
    try {
      return JSON.parse(JSON.stringify(await call)) as PropertyMap;
    } catch (cause) {
      if (!(cause instanceof ApiException)) {
        throw new Error(`The Kubernetes API at ${this.server} cannot be reached: ${rootCause(cause)}.`, { cause });
      }
      const { message = String(cause.body), reason = "" } = status(cause.body);
      throw new Error(`The Kubernetes API returned ${cause.code} ${reason}: ${message}`, { cause });
    }
  }
}

/** Returns the part of an object that identifies it. */
function header({ apiVersion, kind, metadata }: PropertyMap) {
  const { name, namespace } = isMap(metadata) ? metadata : {};
  return {
    apiVersion: String(apiVersion),
    kind: String(kind),
    metadata: { name: String(name), namespace: String(namespace ?? "default") },
  };
}

/** Returns the message of the innermost error. Node.js describes some network errors only by their code. */
function rootCause(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined
    ? error.message || String((error as { code?: string }).code)
    : rootCause(error.cause);
}

/** Reads the body of an error response. */
function status(body: unknown): { message?: string; reason?: string } {
  try {
    return JSON.parse(String(body)) as { message?: string; reason?: string };
  } catch {
    return {};
  }
}
