import { arch, hostname, release } from "node:os";
import { ApiException, PatchStrategy, setHeaderOptions, type CoreV1Api } from "@kubernetes/client-node";

/** Registers the node that the Pod runner represents. `port` is the port of its log server. */
export async function registerNode(api: CoreV1Api, name: string, port: number | undefined): Promise<void> {
  const architecture = { x64: "amd64" }[arch()] ?? arch();
  const labels = { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": architecture };
  try {
    await api.createNode({ body: { metadata: { name, labels } } });
  } catch (error) {
    // The node exists already if a runner was started before.
    if (!(error instanceof ApiException && error.code === 409)) throw error;
  }
  const now = new Date();
  const resources = { cpu: "4", memory: "8Gi", pods: "110" };
  const reason = { reason: "PodRunnerReady", message: `Pods run as processes on ${hostname()}` };
  const status = {
    addresses: [
      { type: "InternalIP", address: "127.0.0.1" },
      { type: "Hostname", address: name },
    ],
    capacity: resources,
    allocatable: resources,
    conditions: [{ type: "Ready", status: "True", ...reason, lastHeartbeatTime: now, lastTransitionTime: now }],
    nodeInfo: { kubeletVersion: "sandbox", operatingSystem: "linux", architecture, kernelVersion: release() },
    ...(port === undefined ? {} : { daemonEndpoints: { kubeletEndpoint: { Port: port } } }),
  };
  const merge = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
  await api.patchNodeStatus({ name, body: { status } }, merge);
  // The API server taints new nodes as not ready, and no controller here removes the taint.
  await api.patchNode({ name, body: { spec: { taints: null } } }, merge);
}
