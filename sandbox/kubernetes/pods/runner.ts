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
  /** The node that all Pods are bound to. */
  readonly node: string;
  /** Each process that was started for a container, oldest first. */
  readonly started: readonly StartedProcess[];
  /** Everything that a container wrote, all of its restarts together; also of Pods that were deleted since. */
  logs(pod: { namespace: string; name: string }, container: string): Promise<string>;
  /** Ends all processes. The Pods stay in the cluster, as they would when a node is switched off. */
  close(): Promise<void>;
}

const node = "sandbox";

interface Entry {
  dir: string;
  execution: PodExecution;
}

/**
 * Stands for kubelet and scheduler: watches all Pods of a cluster, binds them to one node, and runs the commands of
 * images that it knows as processes on this machine, each with just the environment, files and order that the Pod's
 * spec gives. There is no isolation: it is for Pods that one wrote oneself.
 */
export async function startPodRunner(options: {
  kubeconfigPath: string;
  dir: string;
  images: ImageTable;
  /** `Cluster.kubelet`: with it, logs can be read through the Kubernetes API (kubectl logs). */
  kubelet?: { serving: Pair; caFile: string };
  /** Told of what went wrong inside the runner. Default: a line on standard error. */
  onError?: (error: unknown) => void;
}): Promise<PodRunner> {
  await mkdir(options.dir, { recursive: true, mode: 0o700 });
  const config = loadKubeconfig(options.kubeconfigPath);
  const api = config.makeApiClient(CoreV1Api);
  const onError = options.onError ?? ((error: unknown) => console.error(`Pod runner: ${String(error)}`));
  const byUid = new Map<string, Entry>();
  const byName = new Map<string, Entry>();
  /** Pods that are being bound or removed, by uid and step. */
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
    // The connection is gone, or the API server's history is: list and watch anew.
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

/** What a kubelet does with a deleted Pod: end its processes, say so, then let the API forget it. */
async function remove(api: CoreV1Api, pod: V1Pod, execution: PodExecution | undefined): Promise<void> {
  const { name = "", namespace = "", uid, deletionGracePeriodSeconds } = pod.metadata ?? {};
  await execution?.stop((deletionGracePeriodSeconds ?? 30) * 1000);
  await execution?.reportStopped();
  const preconditions = uid === undefined ? {} : { preconditions: { uid } };
  await api.deleteNamespacedPod({ name, namespace, body: { gracePeriodSeconds: 0, ...preconditions } });
}

/** A container's log files, oldest first. */
function logFiles(dir: string, container: string): string[] {
  const files: string[] = [];
  for (let attempt = 0; ; attempt++) {
    const file = logFileOf(dir, container, attempt);
    if (!existsSync(file)) return files;
    files.push(file);
  }
}
