import {
  PatchStrategy,
  setHeaderOptions,
  type CoreV1Api,
  type V1Container,
  type V1ContainerState,
  type V1ContainerStatus,
  type V1Pod,
  type V1PodStatus,
} from "@kubernetes/client-node";
import { isNotFound } from "./environment";

/** Status of one Pod. Writes every change to the API, in order. */
export class PodStatus {
  phase: "Pending" | "Running" | "Succeeded" | "Failed" = "Pending";
  private readonly init: V1ContainerStatus[];
  private readonly main: V1ContainerStatus[];
  private readonly startTime = new Date();
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly pod: V1Pod,
    private readonly api: CoreV1Api,
    private readonly onError: (error: unknown) => void,
  ) {
    const { initContainers = [], containers = [] } = pod.spec ?? {};
    const reason = initContainers.length > 0 ? "PodInitializing" : "ContainerCreating";
    const fresh = ({ name, image = "" }: V1Container): V1ContainerStatus => ({
      name,
      image,
      imageID: `sandbox://${image}`,
      ready: false,
      restartCount: 0,
      state: { waiting: { reason } },
    });
    this.init = initContainers.map(fresh);
    this.main = containers.map(fresh);
  }

  /** Sets a container's state. */
  set(container: string, state: V1ContainerState): void {
    for (const status of [...this.init, ...this.main].filter(({ name }) => name === container)) {
      status.state = state;
      status.ready = this.init.includes(status) ? state.terminated?.exitCode === 0 : state.running !== undefined;
    }
    void this.write();
  }

  finish(phase: "Succeeded" | "Failed"): Promise<void> {
    this.phase = phase;
    return this.write();
  }

  running(): void {
    this.phase = "Running";
    void this.write();
  }

  /**
   * Writes the current status. Resolves when all changes so far are written; only `finish` needs to wait for that. Never rejects:
   * a failed write is passed to `onError`.
   */
  write(): Promise<void> {
    const body = structuredClone({ status: this.current() });
    this.writing = this.writing.then(() => this.patch(body));
    return this.writing;
  }

  private async patch(body: { status: V1PodStatus }): Promise<void> {
    const { name = "", namespace = "", uid } = this.pod.metadata ?? {};
    try {
      await this.api.patchNamespacedPodStatus(
        // The uid prevents a write to a new Pod of the same name.
        { name, namespace, body: { ...body, metadata: { uid } } },
        setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
      );
    } catch (error) {
      if (!isNotFound(error)) this.onError(error);
    }
  }

  private current(): V1PodStatus {
    const ready = this.phase === "Running" && this.main.every((status) => status.ready);
    return {
      phase: this.phase,
      startTime: this.startTime,
      initContainerStatuses: this.init,
      containerStatuses: this.main,
      conditions: [
        { type: "PodScheduled", status: "True" },
        { type: "Ready", status: ready ? "True" : "False" },
      ],
    };
  }
}
