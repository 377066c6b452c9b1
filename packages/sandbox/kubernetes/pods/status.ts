import {
  PatchStrategy,
  setHeaderOptions,
  type CoreV1Api,
  type V1Container,
  type V1ContainerState,
  type V1ContainerStatus,
  type V1Pod,
  type V1PodCondition,
  type V1PodStatus,
} from "@kubernetes/client-node";
import { isNotFound } from "./objects";

export type Phase = "Pending" | "Running" | "Succeeded" | "Failed";

/** Status of one Pod. Writes every change to the API, in order. */
export class PodStatus {
  phase: Phase = "Pending";
  private readonly init: V1ContainerStatus[];
  private readonly main: V1ContainerStatus[];
  private readonly startTime = new Date();
  private readonly since = new Map<string, { status: string; time: Date }>();
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly pod: V1Pod,
    private readonly api: CoreV1Api,
    private readonly onError: (error: unknown) => void,
  ) {
    const started = (pod.spec?.initContainers ?? []).length > 0 ? "PodInitializing" : "ContainerCreating";
    const fresh = ({ name, image = "" }: V1Container): V1ContainerStatus => ({
      name,
      image,
      imageID: "",
      ready: false,
      started: false,
      restartCount: 0,
      state: { waiting: { reason: started } },
      lastState: {},
    });
    this.init = (pod.spec?.initContainers ?? []).map(fresh);
    this.main = (pod.spec?.containers ?? []).map(fresh);
  }

  get(container: string): V1ContainerStatus {
    const status = [...this.init, ...this.main].find(({ name }) => name === container);
    if (status === undefined) throw new Error(`The Pod has no container ${container}.`);
    return status;
  }

  /** Sets a container's state. Leaving `terminated` for another state counts as a restart. */
  set(container: string, state: V1ContainerState, imageID?: string): void {
    const status = this.get(container);
    if (status.state?.terminated && !state.terminated) status.lastState = status.state;
    if (state.running && status.lastState?.terminated) status.restartCount += 1;
    if (imageID !== undefined) status.imageID = imageID;
    status.state = state;
    status.started = state.running !== undefined;
    const isInit = this.init.includes(status);
    status.ready = isInit ? state.terminated?.exitCode === 0 : state.running !== undefined;
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
    const over = this.phase === "Succeeded" || this.phase === "Failed";
    const ready = this.phase === "Running" && this.main.every((status) => status.ready);
    const done = over ? { reason: "PodCompleted" } : undefined;
    return {
      phase: this.phase,
      hostIP: "127.0.0.1",
      podIP: "127.0.0.1",
      podIPs: [{ ip: "127.0.0.1" }],
      startTime: this.startTime,
      initContainerStatuses: this.init,
      containerStatuses: this.main,
      conditions: [
        this.condition("PodScheduled", true),
        this.condition(
          "Initialized",
          this.init.every((status) => status.ready),
          { reason: "ContainersNotInitialized" },
        ),
        this.condition("ContainersReady", ready, done ?? { reason: "ContainersNotReady" }),
        this.condition("Ready", ready, done ?? { reason: "ContainersNotReady" }),
      ],
    };
  }

  private condition(type: string, holds: boolean, fallback?: { reason: string }): V1PodCondition {
    const status = holds ? "True" : "False";
    const before = this.since.get(type);
    const time = before?.status === status ? before.time : new Date();
    this.since.set(type, { status, time });
    return { type, status, lastTransitionTime: time, ...(holds ? {} : fallback) };
  }
}
