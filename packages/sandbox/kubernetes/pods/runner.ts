import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { CoreV1Api, makeInformer, type V1Pod } from "@kubernetes/client-node";
import { loadKubeconfig } from "../kubeconfig";
import type { Pair } from "../pki";
import { logFileOf, type ImageTable, type StartedProcess } from "./container";
import { PodExecution } from "./execution";
import { startLogServer } from "./logServer";
import { registerNode } from "./node";
import { isNotFound } from "./objects";

export interface PodRunner {
  /** Name of the node to which the runner binds all Pods. */
  readonly node: string;
  /** Processes that the runner started for containers, oldest first. */
  readonly started: readonly StartedProcess[];
  /** Returns all output of a container, including earlier attempts. Also works for deleted Pods. */
  logs(pod: { namespace: string; name: string }, container: string): Promise<string>;
  /** Stops all processes. The Pods stay in the cluster, as they do when a node is switched off. */
  close(): Promise<void>;
}

const node = "sandbox";

interface Entry {
  dir: string;
  execution: PodExecution;
}

/**
 * Replaces kubelet and scheduler: watches all Pods of a cluster, binds them to one node, and runs the commands of known
 * images as processes on this machine. Each process gets only the environment and files of the Pod's spec, and starts
 * in the order of the spec. There is no isolation, so run only Pods that you trust.
 */
export async function startPodRunner(options: {
  kubeconfigPath: string;
  dir: string;
  images: ImageTable;
  /** `Cluster.kubelet`. If set, `kubectl logs` works, because the API server can read logs from the runner. */
  kubelet?: { serving: Pair; caFile: string };
  /** Called for errors inside the runner. Default: writes a line to standard error. */
  onError?: (error: unknown) => void;
}): Promise<PodRunner> {
  await mkdir(options.dir, { recursive: true, mode: 0o700 });
  const config = loadKubeconfig(options.kubeconfigPath);
  const api = config.makeApiClient(CoreV1Api);
  const onError = options.onError ?? ((error: unknown) => console.error(`Pod runner: ${String(error)}`));
  const byUid = new Map<string, Entry>();
  const byName = new Map<string, Entry>();
  /** Steps in progress, as `bind UID` or `remove UID`. */
  const underWay = new Set<string>();
  const started: StartedProcess[] = [];
  let closed = false;

  const logServer =
    options.kubelet &&
    (await startLogServer(options.kubelet, (namespace, pod, container, previous) => {
      const entry = byName.get(`${namespace}/${pod}`);
      const file = entry && logFiles(entry.dir, container).at(previous ? -2 : -1);
      return file === undefined ? undefined : { file, running: () => entry?.execution.isRunning(container) ?? false };
    }));

  const once = (key: string, step: () => Promise<void>) => {
    if (underWay.has(key)) return;
    underWay.add(key);
    step()
      .catch((error: unknown) => (closed || isNotFound(error) ? undefined : onError(error)))
      .finally(() => underWay.delete(key));
  };
  const start = (pod: V1Pod) => {
    const { uid = "", namespace = "", name = "" } = pod.metadata ?? {};
    if (byUid.has(uid)) return;
    const dir = path.join(options.dir, `${namespace}_${name}_${uid}`);
    const onStart = (process: StartedProcess) => void started.push(process);
    const execution = new PodExecution({ pod, dir, api, images: options.images, onStart, onError });
    byUid.set(uid, { dir, execution });
    byName.set(`${namespace}/${name}`, { dir, execution });
  };
  const reconcile = (pod: V1Pod) => {
    const { uid = "", deletionTimestamp } = pod.metadata ?? {};
    const over = pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
    if (closed) return;
    if (pod.spec?.nodeName === undefined && deletionTimestamp === undefined) once(`bind ${uid}`, () => bind(api, pod));
    if (pod.spec?.nodeName !== node) return;
    if (deletionTimestamp !== undefined) once(`remove ${uid}`, () => remove(api, pod, byUid.get(uid)?.execution));
    else if (!over) start(pod);
  };

  await registerNode(api, node, logServer?.port);
  const informer = makeInformer(config, "/api/v1/pods", () => api.listPodForAllNamespaces());
  informer.on("add", reconcile);
  informer.on("update", reconcile);
  informer.on("delete", (pod) => void byUid.get(pod.metadata?.uid ?? "")?.execution.stop(0));
  informer.on("error", () => {
    // The connection was lost or the API server compacted its history, so list and watch again.
    if (!closed) setTimeout(() => void (closed || informer.start().catch(onError)), 1000);
  });
  await informer.start();

  return {
    node,
    started,
    logs: async ({ namespace, name }, container) => {
      const entry = byName.get(`${namespace}/${name}`);
      const files = entry === undefined ? [] : logFiles(entry.dir, container);
      return (await Promise.all(files.map((file) => readFile(file, "utf8")))).join("");
    },
    close: async () => {
      closed = true;
      await informer.stop();
      await Promise.all([...byUid.values()].map(({ execution }) => execution.stop(2000)));
      logServer?.server.closeAllConnections();
      logServer?.server.close();
    },
  };
}

async function bind(api: CoreV1Api, pod: V1Pod): Promise<void> {
  const { name = "", namespace = "", uid } = pod.metadata ?? {};
  const target = { apiVersion: "v1", kind: "Node", name: node };
  const metadata = { name, ...(uid === undefined ? {} : { uid }) };
  await api.createNamespacedPodBinding({ name, namespace, body: { metadata, target } });
}

/** Removes a deleted Pod as a kubelet does: stops its processes, reports its phase, then deletes the API object. */
async function remove(api: CoreV1Api, pod: V1Pod, execution: PodExecution | undefined): Promise<void> {
  const { name = "", namespace = "", uid, deletionGracePeriodSeconds } = pod.metadata ?? {};
  await execution?.stop((deletionGracePeriodSeconds ?? 30) * 1000);
  await execution?.reportStopped();
  const preconditions = uid === undefined ? {} : { preconditions: { uid } };
  await api.deleteNamespacedPod({ name, namespace, body: { gracePeriodSeconds: 0, ...preconditions } });
}

/** Returns a container's log files, oldest first. */
function logFiles(dir: string, container: string): string[] {
  const files: string[] = [];
  for (let attempt = 0; ; attempt++) {
    const file = logFileOf(dir, container, attempt);
    if (!existsSync(file)) return files;
    files.push(file);
  }
}
