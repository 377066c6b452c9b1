import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { TestEngine, type WireValue } from "@smallstep-ssh/usersync/testing";
import {
  ControlPlaneUnavailable,
  startCluster,
  startPodRunner,
  type PodRunner,
  loadKubeconfig,
} from "@smallstep-ssh/sandbox";
import { Api } from "./api";
import { kubernetes } from "./plugin";

const signature = "4dabf18193072939515e22adb298388d";

/** Returns a secret in the engine's wire format. */
export const secret = (value: unknown): WireValue => ({ [signature]: "1b47061264138c4ac30d75fd1eb44270", value });

export const isSecret = (value: unknown): boolean =>
  typeof value === "object" && value !== null && (value as WireValue)[signature] === "1b47061264138c4ac30d75fd1eb44270";

/** A real control plane whose Pods run as local processes. */
export interface TestCluster {
  kubeconfigPath: string;
  context: string;
  /** Client for changes that do not come from the plugin. */
  api: Api;
  runner: PodRunner;
  /** Starts the plugin with the cluster's kubeconfig. */
  engine(settings?: WireValue): Promise<TestEngine>;
  close(): Promise<void>;
}

/**
 * Starts the test cluster, or returns the reason why it is not available. It never builds the control plane, because
 * that takes minutes.
 * @throws Error if it is not available and USERSYNC_REQUIRE_ENGINE is 1
 */
export async function startTestCluster(): Promise<TestCluster | string> {
  const dir = await mkdtemp(path.join(tmpdir(), "kubernetes-plugin-"));
  const cluster = await startCluster({
    dir: path.join(dir, "cluster"),
    progress: () => undefined,
    allowBuild: false,
  }).catch(async (error: unknown) => {
    await rm(dir, { recursive: true, force: true });
    if (!(error instanceof ControlPlaneUnavailable) || process.env["USERSYNC_REQUIRE_ENGINE"] === "1") throw error;
    return error.message;
  });
  if (typeof cluster === "string") return cluster;
  const { kubeconfigPath, context } = cluster;
  const runner = await startPodRunner({
    kubeconfigPath,
    dir: path.join(dir, "pods"),
    images: (image) => (image === "shell" ? { path: [], env: {} } : undefined),
    ...(cluster.kubelet ? { kubelet: cluster.kubelet } : {}),
  });
  const engines: TestEngine[] = [];
  const api = new Api(loadKubeconfig(kubeconfigPath), () => undefined, new AbortController().signal);
  return {
    kubeconfigPath,
    context,
    api,
    runner,
    engine: async (settings = {}) => {
      const engine = await TestEngine.start(kubernetes({ env: {} }));
      engines.push(engine);
      await engine.configure({ kubeconfig: kubeconfigPath, ...settings });
      return engine;
    },
    close: async () => {
      for (const engine of engines) engine.close();
      await runner.close();
      await cluster.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
