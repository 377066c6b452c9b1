import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { CoreV1Api, makeInformer, type V1Pod } from "@kubernetes/client-node";
import { loadKubeconfig } from "../kubeconfig";
import { isNotFound } from "./environment";
import { logFileOf, PodExecution, type ImageTable } from "./execution";

export interface PodRunner {
  /** Command lines of the processes that the runner started for containers, oldest first. */
  readonly commandLines: readonly (readonly string[])[];
  /** Returns the output of a container. Also works for deleted Pods. */
  logs(pod: { namespace: string; name: string }, container: string): Promise<string>;
  /** Stops all processes. The Pods stay in the cluster, as they do when a node is switched off. */
  close(): Promise<void>;
}

/** Name of the node to which Pods are bound. The API server does not require a Node object. */
const node = "sandbox";

/**
 * Replaces kubelet and scheduler: watches all Pods of a cluster, binds them to one node, and runs the commands of known
 * images as processes on this machine. Each process gets only the environment and files of the Pod's spec, and starts
 * in the order of the spec. It supports what the Pods of the registration Job use: `env`, and the volumes emptyDir and
 * configMap. There is no isolation, so run only Pods that you trust.
 */
export async function startPodRunner(options: {
  kubeconfigPath: string;
  dir: string;
  images: ImageTable;
}): Promise<PodRunner> {
  await mkdir(options.dir, { recursive: true, mode: 0o700 });
  const config = loadKubeconfig(options.kubeconfigPath);
  const api = config.makeApiClient(CoreV1Api);
  const onError = (error: unknown) => console.error(`Pod runner: ${String(error)}`);
  const executions = new Map<string, PodExecution>();
  const dirs = new Map<string, string>();
  /** Steps in progress, as `bind UID` or `remove UID`. */
  const underWay = new Set<string>();
  const commandLines: (readonly string[])[] = [];
  let closed = false;

  const once = (key: string, step: () => Promise<void>) => {
    if (underWay.has(key)) return;
    underWay.add(key);
    step()
      .catch((error: unknown) => (closed || isNotFound(error) ? undefined : onError(error)))
      .finally(() => underWay.delete(key));
  };
  const start = (pod: V1Pod) => {
    const { uid = "", namespace = "", name = "" } = pod.metadata ?? {};
    if (executions.has(uid)) return;
    const dir = path.join(options.dir, `${namespace}_${name}_${uid}`);
    const onStart = (commandLine: readonly string[]) => void commandLines.push(commandLine);
    executions.set(uid, new PodExecution({ pod, dir, api, images: options.images, onStart, onError }));
    dirs.set(`${namespace}/${name}`, dir);
  };
  const reconcile = (pod: V1Pod) => {
    const { uid = "", deletionTimestamp } = pod.metadata ?? {};
    const over = pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
    if (closed) return;
    if (pod.spec?.nodeName === undefined && deletionTimestamp === undefined) once(`bind ${uid}`, () => bind(api, pod));
    if (pod.spec?.nodeName !== node) return;
    if (deletionTimestamp !== undefined) once(`remove ${uid}`, () => remove(api, pod, executions.get(uid)));
    else if (!over) start(pod);
  };

  const informer = makeInformer(config, "/api/v1/pods", () => api.listPodForAllNamespaces());
  informer.on("add", reconcile);
  informer.on("update", reconcile);
  informer.on("delete", (pod) => void executions.get(pod.metadata?.uid ?? "")?.stop(0));
  informer.on("error", () => {
    // The connection was lost or the API server compacted its history, so list and watch again.
    if (!closed) setTimeout(() => void (closed || informer.start().catch(onError)), 1000);
  });
  await informer.start();

  return {
    commandLines,
    logs: async ({ namespace, name }, container) => {
      const file = logFileOf(dirs.get(`${namespace}/${name}`) ?? "", container);
      return existsSync(file) ? readFile(file, "utf8") : "";
    },
    close: async () => {
      closed = true;
      await informer.stop();
      await Promise.all([...executions.values()].map((execution) => execution.stop(2000)));
    },
  };
}

async function bind(api: CoreV1Api, pod: V1Pod): Promise<void> {
  const { name = "", namespace = "", uid } = pod.metadata ?? {};
  const target = { apiVersion: "v1", kind: "Node", name: node };
  await api.createNamespacedPodBinding({ name, namespace, body: { metadata: { name, uid }, target } });
}

/** Removes a deleted Pod as a kubelet does: stops its processes, reports its phase, then deletes the API object. */
async function remove(api: CoreV1Api, pod: V1Pod, execution: PodExecution | undefined): Promise<void> {
  const { name = "", namespace = "", uid, deletionGracePeriodSeconds } = pod.metadata ?? {};
  await execution?.stop((deletionGracePeriodSeconds ?? 30) * 1000);
  await execution?.reportStopped();
  await api.deleteNamespacedPod({ name, namespace, body: { gracePeriodSeconds: 0, preconditions: { uid } } });
}
