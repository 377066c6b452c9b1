import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { startGraph, type GraphEmulator, createAuthority, type Authority } from "entra-emulator";
import { obtainEngine } from "../engine/engine";
import { startCluster, type Cluster } from "../kubernetes/cluster";
import { startPodRunner, type PodRunner } from "../kubernetes/pods/runner";
import { startSmallstep, type Smallstep } from "../smallstep/smallstep";
import { chooseCa } from "./ca";
import type { Cleanup } from "./cleanup";
import type { SandboxOptions } from "./options";

/** Services outside the stack that a deployment needs: a tenant, Smallstep, a cluster, an engine. */
export interface SandboxEnvironment {
  dir: string;
  authority: Authority;
  graph: GraphEmulator;
  smallstep: Smallstep;
  cluster: Cluster;
  /** Undefined with `--context`, because the user's cluster runs its Pods itself. */
  runner: PodRunner | undefined;
  engine: Awaited<ReturnType<typeof obtainEngine>>;
}

/**
 * Starts all services in a new temporary folder and registers their shutdown with `cleanup`.
 *
 * @throws ObtainError
 */
export async function startSandboxEnvironment(options: {
  context?: string;
  ca: SandboxOptions["ca"];
  cleanup: Cleanup;
  progress: (line: string) => void;
}): Promise<SandboxEnvironment> {
  const { cleanup, progress } = options;
  const dir = await mkdtemp(path.join(tmpdir(), "usersync-sandbox-"));
  cleanup.add("the sandbox folder", () => rm(dir, { recursive: true, force: true }));

  const engine = await obtainEngine({ progress });
  const stepCa = await chooseCa(options.ca, progress);
  const authority = await createAuthority(path.join(dir, "tls"));
  const graph = await startGraph({ authority });
  cleanup.add("the Graph emulator", () => graph.close());
  const smallstep = await startSmallstep({
    authority,
    dir: path.join(dir, "smallstep"),
    stepCa,
  });
  cleanup.add("Smallstep", () => smallstep.close());
  const cluster = await startCluster({
    dir: path.join(dir, "kubernetes"),
    progress,
    context: options.context,
  });
  cleanup.add("the control plane", () => cluster.close());
  let runner: PodRunner | undefined;
  if (options.context === undefined) {
    runner = await startPodRunner({
      kubeconfigPath: cluster.kubeconfigPath,
      dir: path.join(dir, "pods"),
      images: (image) => {
        if (image.includes("admin-tools")) return smallstep.image;
        if (/(^|\/)node:/.test(image)) return { path: [path.dirname(process.execPath)], env: {} };
        return undefined;
      },
    });
    cleanup.add("the Pod runner", () => runner!.close());
  }
  return { dir, authority, graph, smallstep, cluster, runner, engine };
}
