import { generateKeyPairSync } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { CoreV1Api, Health, VersionApi } from "@kubernetes/client-node";
import { generateTestSecret } from "entra-emulator/testing";
import type { Progress } from "../engine/obtain";
import { obtainControlPlane, type ControlPlane, type Program } from "./binaries";
import { freePort, startChild, waitUntil, type Child } from "./child";
import { loadKubeconfig, writeContext, writeKubeconfig } from "./kubeconfig";

export interface Cluster {
  kubeconfigPath: string;
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
const readyWithinSeconds = 90;

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
  await mkdir(options.dir, { recursive: true, mode: 0o700 });
  const kubeconfigPath = path.join(options.dir, "kubeconfig");
  if (options.context !== undefined) return ownCluster(kubeconfigPath, options.context);
  const controlPlane = await obtainControlPlane(options);
  const children: Child[] = [];
  const close = async () => {
    // Later programs depend on earlier ones, so stop them in reverse order.
    for (const child of children.splice(0).reverse()) await child.stop();
  };
  try {
    const version = await launch(controlPlane, options.dir, kubeconfigPath, children);
    return {
      kubeconfigPath,
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
  dir: string,
  kubeconfigPath: string,
  children: Child[],
): Promise<string> {
  const start = async (program: Program, flags: Record<string, string | boolean>): Promise<Child> => {
    const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
    const commandLine = [...controlPlane.command(program), ...args];
    const child = await startChild({ commandLine, logFile: path.join(dir, `${program}.log`) });
    children.push(child);
    return child;
  };

  // Only the current user can connect to a socket in this folder.
  const etcdUrl = `unix://${path.join(dir, "etcd.sock")}`;
  const peerUrl = `http://127.0.0.1:${await freePort()}`;
  const etcd = await start("etcd", {
    "data-dir": path.join(dir, "etcd"),
    // The data need not survive a power failure.
    "unsafe-no-fsync": true,
    "listen-client-urls": etcdUrl,
    // etcd requires a host and a port here. No client reads this URL.
    "advertise-client-urls": peerUrl,
    "listen-peer-urls": peerUrl,
    "initial-advertise-peer-urls": peerUrl,
    "initial-cluster": `default=${peerUrl}`,
    "log-level": "warn",
  });

  const apiPort = await freePort();
  const tokens = { admin: generateTestSecret(), manager: generateTestSecret() };
  const tokenFile = path.join(dir, "tokens.csv");
  const users = [
    `${tokens.admin},sandbox-admin,1,system:masters`,
    `${tokens.manager},system:kube-controller-manager,2`,
  ];
  await writeFile(tokenFile, users.join("\n"), { mode: 0o600 });
  const serviceAccountKey = path.join(dir, "service-account.key");
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  // Kubernetes reads elliptic-curve keys only in SEC 1 format.
  await writeFile(serviceAccountKey, privateKey.export({ type: "sec1", format: "pem" }), { mode: 0o600 });
  const apiServer = await start("kube-apiserver", {
    "etcd-servers": etcdUrl,
    "bind-address": "127.0.0.1",
    "advertise-address": "127.0.0.1",
    "secure-port": String(apiPort),
    // The API server creates its certificate in this folder.
    "cert-dir": dir,
    "token-auth-file": tokenFile,
    "authorization-mode": "RBAC",
    "anonymous-auth": false,
    "service-account-issuer": "https://kubernetes.default.svc",
    "service-account-key-file": serviceAccountKey,
    "service-account-signing-key-file": serviceAccountKey,
    "service-cluster-ip-range": "10.0.0.0/24",
  });
  const connection = { server: `https://127.0.0.1:${apiPort}`, caFile: path.join(dir, "apiserver.crt") };
  await writeKubeconfig(kubeconfigPath, { ...connection, token: tokens.admin });
  const config = loadKubeconfig(kubeconfigPath);
  const health = new Health(config);
  await waitUntil("kube-apiserver did not become ready", readyWithinSeconds, [etcd, apiServer], async () => {
    if (!(await health.readyz({}))) throw new Error("/readyz did not return 200");
  });

  const managerConfig = path.join(dir, "controller-manager.kubeconfig");
  await writeKubeconfig(managerConfig, { ...connection, token: tokens.manager });
  const controllerManager = await start("kube-controller-manager", {
    kubeconfig: managerConfig,
    controllers: controllers.join(","),
    "leader-elect": false,
    // Each controller uses its own RBAC permissions. The manager's own account has almost none.
    "use-service-account-credentials": true,
    "secure-port": "0",
    "service-account-private-key-file": serviceAccountKey,
    "root-ca-file": connection.caFile,
  });

  // The API server rejects Pods in a namespace that has no default service account yet.
  const core = config.makeApiClient(CoreV1Api);
  const missing = "the controllers did not create the default service account";
  await waitUntil(missing, readyWithinSeconds, [apiServer, controllerManager], () =>
    core.readNamespacedServiceAccount({ name: "default", namespace: "default" }),
  );
  return (await config.makeApiClient(VersionApi).getCode()).gitVersion;
}

async function ownCluster(kubeconfigPath: string, context: string): Promise<Cluster> {
  const { server } = await writeContext(kubeconfigPath, context);
  const { gitVersion } = await loadKubeconfig(kubeconfigPath).makeApiClient(VersionApi).getCode();
  return {
    kubeconfigPath,
    describe: `your cluster ${gitVersion}, context ${context} (${server})`,
    close: () => Promise.resolve(),
  };
}
