import { rm } from "node:fs/promises";
import path from "node:path";
import type { CoreV1Api, V1Pod } from "@kubernetes/client-node";
import {
  makePodDir,
  runContainer,
  retryUntilStarted,
  type ImageTable,
  type PodContext,
  type StartedProcess,
} from "./container";
import { objectReader } from "./objects";
import { PodStatus } from "./status";
import { makeVolumes } from "./volumes";

export interface ExecutionOptions {
  pod: V1Pod;
  dir: string;
  api: CoreV1Api;
  images: ImageTable;
  onStart(started: StartedProcess): void;
  onError(error: unknown): void;
}

/** Execution of one Pod on this machine: volumes, init containers in order, containers, phase. */
export class PodExecution {
  /** Resolves when the Pod has finished or was stopped. */
  readonly done: Promise<void>;
  private readonly abort = new AbortController();
  private readonly status: PodStatus;
  /** `stop` sets it before any process reads it. */
  private graceMs = 0;

  constructor(private readonly options: ExecutionOptions) {
    this.status = new PodStatus(options.pod, options.api, options.onError);
    this.done = this.run().catch((error: unknown) => {
      if (!this.abort.signal.aborted) options.onError(error);
    });
  }

  isRunning(container: string): boolean {
    return this.status.get(container).state?.running !== undefined;
  }

  /** Sends SIGTERM to the Pod's processes, SIGKILL after `graceMs` milliseconds, and waits for their exit. */
  async stop(graceMs: number): Promise<void> {
    this.graceMs = graceMs;
    this.abort.abort();
    await this.done;
  }

  /** Reports phase Failed if the Pod was stopped before it finished. */
  async reportStopped(): Promise<void> {
    if (this.status.phase === "Pending" || this.status.phase === "Running") await this.status.finish("Failed");
  }

  private async run(): Promise<void> {
    const { pod, dir, images, api, onStart } = this.options;
    const spec = pod.spec ?? { containers: [] };
    const policy = (spec.restartPolicy ?? "Always") as "Always" | "OnFailure" | "Never";
    await makePodDir(dir);
    const volumesDir = path.join(dir, "volumes");
    const shared: Omit<PodContext, "volumes"> = {
      pod,
      dir,
      images,
      objects: objectReader(api),
      status: this.status,
      signal: this.abort.signal,
      graceMs: () => this.graceMs,
      onStart,
    };
    void this.status.write();
    const first = spec.initContainers?.[0]?.name ?? spec.containers[0]?.name ?? "";
    try {
      const volumes = await retryUntilStarted(shared, first, () => makeVolumes(pod, volumesDir, shared.objects));
      const context: PodContext = { ...shared, volumes };
      for (const container of spec.initContainers ?? []) {
        const succeeded = await runContainer(context, container, policy === "Never" ? "Never" : "OnFailure");
        if (!succeeded) return await this.status.finish("Failed");
      }
      const runs = spec.containers.map((container) => runContainer(context, container, policy));
      this.status.running();
      const succeeded = (await Promise.all(runs)).every((ok) => ok);
      await this.status.finish(succeeded ? "Succeeded" : "Failed");
    } finally {
      // Remove Secrets from the disk as soon as no container needs them.
      await rm(volumesDir, { recursive: true, force: true });
    }
  }
}
