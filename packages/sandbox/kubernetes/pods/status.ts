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
  private phase: "Pending" | "Running" | "Succeeded" | "Failed" = "Pending";
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
    const state = { waiting: { reason: initContainers.length > 0 ? "PodInitializing" : "ContainerCreating" } };
    const fresh = ({ name, image = "" }: V1Container): V1ContainerStatus => {
      return { name, image, imageID: image, ready: false, restartCount: 0, state };
    };
    this.init = initContainers.map(fresh);
    this.main = containers.map(fresh);
    void this.write();
  }

  get finished(): boolean {
    return this.phase === "Succeeded" || this.phase === "Failed";
  }

  /** Sets a container's state. */
  set(container: string, state: V1ContainerState): void {
    for (const status of [...this.init, ...this.main].filter(({ name }) => name === container)) {
      status.state = state;
      status.ready = this.init.includes(status) ? state.terminated?.exitCode === 0 : state.running !== undefined;
    }
    void this.write();
  }

  /** Sets the Pod's phase. Resolves when all changes so far are written. */
  setPhase(phase: "Running" | "Succeeded" | "Failed"): Promise<void> {
    this.phase = phase;
    return this.write();
  }

  /** Never rejects: a failed write is passed to `onError`. */
  private write(): Promise<void> {
    const ready = this.phase === "Running" && this.main.every((status) => status.ready);
    const status: V1PodStatus = structuredClone({
      phase: this.phase,
      startTime: this.startTime,
      initContainerStatuses: this.init,
      containerStatuses: this.main,
      conditions: [
        { type: "PodScheduled", status: "True" },
        { type: "Ready", status: ready ? "True" : "False" },
      ],
    });
    const { name = "", namespace = "", uid } = this.pod.metadata ?? {};
    // The uid prevents a write to a new Pod of the same name.
    const request = { name, namespace, body: { status, metadata: { uid } } };
    const merge = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
    this.writing = this.writing.then(async () => {
      await this.api.patchNamespacedPodStatus(request, merge).catch((error: unknown) => {
        if (!isNotFound(error)) this.onError(error);
      });
    });
    return this.writing;
  }
}
