import { mkdir } from "node:fs/promises";
import path from "node:path";
import { CoreV1Api, Health, VersionApi } from "@kubernetes/client-node";
import type { Progress } from "../engine/progress";
import { obtainControlPlane, type ControlPlane, type Program } from "./binaries";
import { freePort, startChild, type Child } from "./child";
import { loadKubeconfig, writeContext, writeKubeconfig } from "./kubeconfig";
import { createPki, type ClusterPki } from "./pki";

export interface Cluster {
  kubeconfigPath: string;
  /** The kubeconfig's current context. */
  context: string;
  /** Description of the cluster, for messages. */
  describe: string;
  /** Stops the started programs. Does nothing for the user's own cluster. */
  close(): Promise<void>;
}

const controllers = [
  "job-controller",
  "garbage-collector-controller",
  "namespace-controller",
  "ttl-after-finished-controller",
  "serviceaccount-controller",
  "root-ca-certificate-publisher-controller",
];
const readyWithinMs = 90_000;

/**
 * Provides a Kubernetes API to deploy to. With `context`, this is the user's own cluster. Without it, the function
 * starts a control plane (etcd, kube-apiserver, kube-controller-manager) with RBAC and Pod security admission. The
 * control plane binds 127.0.0.1 only, stores its data in `dir`, and has no kubelet: see `startPodRunner`.
 *
 * @throws ObtainError
 */
export async function startCluster(options: {
  dir: string;
  context?: string;
  progress: Progress;
  /** See `obtainControlPlane`. */
  allowBuild?: boolean;
}): Promise<Cluster> {
  await mkdir(options.dir, { recursive: true });
  const kubeconfigPath = path.join(options.dir, "kubeconfig");
  if (options.context !== undefined) return ownCluster(kubeconfigPath, options.context);
  const controlPlane = await obtainControlPlane(options);
  const pki = await createPki(options.dir);
  const children: Child[] = [];
  const close = async () => {
    // Later programs depend on earlier ones, so stop them in reverse order.
    for (const child of children.splice(0).reverse()) await child.stop();
  };
  try {
    const version = await launch(controlPlane, pki, options.dir, kubeconfigPath, children);
    return {
      kubeconfigPath,
      context: "sandbox",
      describe: `control plane ${version} (${controlPlane.how}), no kubelet`,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function launch(
  controlPlane: ControlPlane,
  pki: ClusterPki,
  dir: string,
  kubeconfigPath: string,
  children: Child[],
): Promise<string> {
  const [clientPort, peerPort, apiPort] = [await freePort(), await freePort(), await freePort()];
  const etcdUrl = `https://127.0.0.1:${clientPort}`;
  const peerUrl = `http://127.0.0.1:${peerPort}`;
  const server = `https://127.0.0.1:${apiPort}`;
  const start = (program: Program, flags: Record<string, string | boolean>): Child => {
    const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
    const child = startChild(program, [...controlPlane.command(program), ...args], path.join(dir, `${program}.log`));
    children.push(child);
    return child;
  };
  const connection = { context: "sandbox", server, caFile: pki.caFile };

  const etcdServer = await pki.server("etcd");
  const etcd = start("etcd", {
    "data-dir": path.join(dir, "etcd"),
    // The data need not survive a power failure.
    "unsafe-no-fsync": true,
    "listen-client-urls": etcdUrl,
    "advertise-client-urls": etcdUrl,
    "listen-peer-urls": peerUrl,
    "initial-advertise-peer-urls": peerUrl,
    "initial-cluster": `default=${peerUrl}`,
    "cert-file": etcdServer.cert,
    "key-file": etcdServer.key,
    "client-cert-auth": true,
    "trusted-ca-file": pki.caFile,
    "log-level": "warn",
  });

  const serving = await pki.server("kube-apiserver");
  const etcdClient = await pki.client("etcd-client", "kube-apiserver");
  const apiServer = start("kube-apiserver", {
    "etcd-servers": etcdUrl,
    "etcd-cafile": pki.caFile,
    "etcd-certfile": etcdClient.cert,
    "etcd-keyfile": etcdClient.key,
    "bind-address": "127.0.0.1",
    "advertise-address": "127.0.0.1",
    "secure-port": String(apiPort),
    "tls-cert-file": serving.cert,
    "tls-private-key-file": serving.key,
    "client-ca-file": pki.caFile,
    "authorization-mode": "RBAC",
    "anonymous-auth": false,
    "service-account-issuer": "https://kubernetes.default.svc",
    "service-account-key-file": pki.serviceAccounts.publicKey,
    "service-account-signing-key-file": pki.serviceAccounts.privateKey,
    "service-cluster-ip-range": "10.0.0.0/24",
  });

  const admin = await pki.client("admin", "sandbox-admin", ["system:masters"]);
  await writeKubeconfig(kubeconfigPath, { ...connection, user: "admin", client: admin });
  const config = loadKubeconfig(kubeconfigPath);
  const health = new Health(config);
  const ready = until("kube-apiserver did not become ready", async () => {
    if (!(await health.readyz({}))) throw new Error("/readyz did not return 200");
  });
  await Promise.race([ready, etcd.died, apiServer.died]);

  const manager = await pki.client("controller-manager", "system:kube-controller-manager");
  const managerConfig = path.join(dir, "controller-manager.kubeconfig");
  await writeKubeconfig(managerConfig, { ...connection, user: "manager", client: manager });
  const controllerManager = start("kube-controller-manager", {
    kubeconfig: managerConfig,
    controllers: controllers.join(","),
    "leader-elect": false,
    // Each controller uses its own RBAC permissions. The manager's own account has almost none.
    "use-service-account-credentials": true,
    "secure-port": "0",
    "service-account-private-key-file": pki.serviceAccounts.privateKey,
    "root-ca-file": pki.caFile,
  });

  // The API server rejects Pods in a namespace that has no default service account yet.
  const core = config.makeApiClient(CoreV1Api);
  const account = until("the controllers did not create the default service account", async () => {
    await core.readNamespacedServiceAccount({ name: "default", namespace: "default" });
  });
  await Promise.race([account, apiServer.died, controllerManager.died]);
  return (await config.makeApiClient(VersionApi).getCode()).gitVersion;
}

async function ownCluster(kubeconfigPath: string, context: string): Promise<Cluster> {
  const { server } = await writeContext(kubeconfigPath, context);
  const { gitVersion } = await loadKubeconfig(kubeconfigPath).makeApiClient(VersionApi).getCode();
  return {
    kubeconfigPath,
    context,
    describe: `your cluster ${gitVersion}, context ${context} (${server})`,
    close: () => Promise.resolve(),
  };
}

async function until(failure: string, step: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + readyWithinMs;
  for (;;) {
    try {
      return await step();
    } catch (error) {
      if (Date.now() > deadline) throw new Error(`${failure} within ${readyWithinMs / 1000} s`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
