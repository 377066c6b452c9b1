import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { startGraph, type GraphEmulator, createAuthority, type Authority } from "entra-emulator";
import { obtainEngine, type Engine } from "../engine/engine";
import { ObtainError, type Progress } from "../engine/obtain";
import { startCluster, type Cluster } from "../kubernetes/cluster";
import { startPodRunner, type PodRunner } from "../kubernetes/pods/runner";
import { obtainStepCa, type StepCaProgram } from "../smallstep/ca/step-ca/obtain";
import { startSmallstep, type Smallstep } from "../smallstep/smallstep";
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
  engine: Engine;
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
  progress: Progress;
}): Promise<SandboxEnvironment> {
  const { cleanup, progress } = options;
  const dir = await mkdtemp(path.join(tmpdir(), "usersync-sandbox-"));
  cleanup.add("the sandbox folder", () => rm(dir, { recursive: true, force: true }));

  const engine = await obtainEngine({ progress });
  const stepCa = await chooseCa(options.ca, progress);
  const authority = await createAuthority(path.join(dir, "tls"));
  const graph = await startGraph({ authority });
  cleanup.add("the Graph emulator", () => graph.close());
  const smallstep = await startSmallstep({ authority, dir: path.join(dir, "smallstep"), stepCa });
  cleanup.add("Smallstep", () => smallstep.close());
  const cluster = await startCluster({ dir: path.join(dir, "kubernetes"), progress, context: options.context });
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

/** Chooses the CA of the run and reports the choice. Returns step-ca, or undefined for the stand-in. @throws ObtainError */
async function chooseCa(which: SandboxOptions["ca"], progress: Progress): Promise<StepCaProgram | undefined> {
  if (which === "stand-in") {
    progress("CA: the stand-in, as requested");
    return undefined;
  }
  try {
    const program = await obtainStepCa({ progress });
    progress(`CA: step-ca (${program.how})`);
    return program;
  } catch (error) {
    if (which === "step-ca" || !(error instanceof ObtainError)) throw error;
    progress(`CA: the stand-in, because step-ca is not available (${error.reasons.join("; ")})`);
    return undefined;
  }
}
