import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { TestEngine, type WireValue } from "@smallstep-ssh/usersync/testing";
import { ObtainError, startCluster, startPodRunner, loadKubeconfig } from "@smallstep-ssh/sandbox";
import { Api } from "./api";
import { kubernetes } from "./plugin";

export type TestCluster = Exclude<Awaited<ReturnType<typeof startTestCluster>>, string>;

/**
 * Starts a real control plane whose Pods run as local processes, or returns the reason why it is not available. It never builds the control plane, because
 * that takes minutes.
 * @throws Error if it is not available and USERSYNC_REQUIRE_ENGINE is 1
 */
export async function startTestCluster() {
  const dir = await mkdtemp(path.join(tmpdir(), "kubernetes-plugin-"));
  const cluster = await startCluster({
    dir: path.join(dir, "cluster"),
    progress: () => undefined,
    allowBuild: false,
  }).catch(async (error: unknown) => {
    await rm(dir, { recursive: true, force: true });
    if (!(error instanceof ObtainError) || process.env["USERSYNC_REQUIRE_ENGINE"] === "1") throw error;
    return error.message;
  });
  if (typeof cluster === "string") return cluster;
  const { kubeconfigPath } = cluster;
  const runner = await startPodRunner({
    kubeconfigPath,
    dir: path.join(dir, "pods"),
    images: (image) => (image === "shell" ? { path: [], env: {} } : undefined),
  });
  const engines: TestEngine[] = [];
  return {
    /** Client for changes that do not come from the plugin. */
    api: new Api(loadKubeconfig(kubeconfigPath), new AbortController().signal),
    /** Starts the plugin with the cluster's kubeconfig. */
    engine: async (settings: WireValue = {}): Promise<TestEngine> => {
      const engine = await TestEngine.start(kubernetes());
      engines.push(engine);
      await engine.configure({ kubeconfig: kubeconfigPath, ...settings });
      return engine;
    },
    close: async (): Promise<void> => {
      for (const engine of engines) engine.close();
      await runner.close();
      await cluster.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
