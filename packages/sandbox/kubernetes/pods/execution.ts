import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { CoreV1Api, V1Container, V1ContainerStateTerminated, V1Pod, V1Volume } from "@kubernetes/client-node";
import { containerEnvironment, ContainerConfigError, expand, keyReader, type ReadKeys } from "./environment";
import { startChild } from "../child";
import { PodStatus } from "./status";

/**
 * Local replacement for an image: folders with its programs, which are searched before the system folders, and the
 * environment variables that the image sets. Returns undefined for an unknown image.
 */
export type ImageTable = (image: string) => { path: string[]; env: Record<string, string> } | undefined;

interface ExecutionOptions {
  pod: V1Pod;
  /** The Pod's folder on this machine. */
  dir: string;
  api: CoreV1Api;
  images: ImageTable;
  /** Receives the command line of each process that is started for a container. */
  onStart(commandLine: readonly string[]): void;
  onError(error: unknown): void;
}

const systemPath = ["/usr/local/bin", "/usr/bin", "/bin"];
/** A kubelet waits 10 s to 5 min between attempts. The sandbox waits less because a user is watching. */
const backOffMs = (attempt: number) => Math.min(1000 * 2 ** attempt, 10_000);

export function logFileOf(dir: string, container: string): string {
  return path.join(dir, "logs", `${container}.log`);
}

/**
 * Execution of one Pod on this machine: volumes, init containers in order, containers, phase. Like the Pods of the
 * registration Job, no container is started again after it has ended.
 */
export class PodExecution {
  /** Resolves when the Pod has finished or was stopped. */
  readonly done: Promise<void>;
  private readonly abort = new AbortController();
  private readonly status: PodStatus;
  private readonly read: ReadKeys;
  /** `stop` sets it before any process reads it. */
  private graceMs = 0;

  constructor(private readonly options: ExecutionOptions) {
    this.status = new PodStatus(options.pod, options.api, options.onError);
    this.read = keyReader(options.api);
    this.done = this.run().catch((error: unknown) => {
      if (!this.abort.signal.aborted) options.onError(error);
    });
  }

  /** Sends SIGTERM to the Pod's processes, SIGKILL after `graceMs` milliseconds, and waits for their exit. */
  async stop(graceMs: number): Promise<void> {
    this.graceMs = graceMs;
    this.abort.abort();
    await this.done;
  }

  /** Reports phase Failed if the Pod was stopped before it finished. */
  async reportStopped(): Promise<void> {
    if (!this.status.finished) await this.status.setPhase("Failed");
  }

  private async run(): Promise<void> {
    const { pod, dir } = this.options;
    const { initContainers = [], containers } = pod.spec ?? { containers: [] };
    await mkdir(path.join(dir, "logs"), { recursive: true, mode: 0o700 });
    const first = initContainers[0]?.name ?? containers[0]?.name ?? "";
    try {
      for (const volume of pod.spec?.volumes ?? []) await this.retry(first, () => this.makeVolume(volume));
      for (const container of initContainers) {
        if (!(await this.runContainer(container))) return await this.status.setPhase("Failed");
      }
      const runs = containers.map((container) => this.runContainer(container));
      void this.status.setPhase("Running");
      const succeeded = (await Promise.all(runs)).every((ok) => ok);
      await this.status.setPhase(succeeded ? "Succeeded" : "Failed");
    } finally {
      // Remove Secrets from the disk as soon as no container needs them.
      await rm(path.join(dir, "volumes"), { recursive: true, force: true });
    }
  }

  /** Runs a container. Returns whether it succeeded. */
  private async runContainer(container: V1Container): Promise<boolean> {
    const { dir, onStart } = this.options;
    const { signal } = this.abort;
    const logFile = logFileOf(dir, container.name);
    const end = (terminated: V1ContainerStateTerminated) => {
      this.status.set(container.name, { terminated: { finishedAt: new Date(), ...terminated } });
      return terminated.exitCode === 0;
    };
    const prepared = await this.retry(container.name, () => this.prepare(container));
    const startedAt = new Date();
    let process;
    try {
      process = await startChild({ ...prepared, cwd: dir, logFile });
    } catch (error) {
      const message = `failed to start "${prepared.commandLine[0] ?? ""}": ${String(error)}`;
      return end({ exitCode: 128, reason: "StartError", message, startedAt });
    }
    onStart(prepared.commandLine);
    this.status.set(container.name, { running: { startedAt } });
    const stop = () => void process.stop(this.graceMs);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    const ended = await process.ended;
    signal.removeEventListener("abort", stop);
    if (ended.exitCode === 0) return end({ ...ended, reason: "Completed", startedAt });
    // The limits are those of a kubelet.
    const message =
      container.terminationMessagePolicy === "FallbackToLogsOnError"
        ? (await readFile(logFile, "utf8")).trimEnd().split("\n").slice(-80).join("\n").slice(-2048)
        : undefined;
    return end({ ...ended, reason: "Error", message, startedAt });
  }

  private async prepare(container: V1Container) {
    const { pod, dir, images } = this.options;
    const image = container.image ?? "";
    const found = images(image);
    if (found === undefined) {
      const message = `failed to pull image "${image}": the sandbox has no replacement for it`;
      throw new ContainerConfigError(message, "ErrImagePull");
    }
    const security = { ...pod.spec?.securityContext, ...container.securityContext };
    // The sandbox's images run as root by default, like the node image and most others.
    if (security.runAsNonRoot && !security.runAsUser) {
      throw new ContainerConfigError("container has runAsNonRoot and image will run as root");
    }
    // The process runs on this machine, where the container's mounts are folders below the Pod's folder.
    const rewrite = (word: string) => {
      const mount = container.volumeMounts?.find(
        ({ mountPath }) => word === mountPath || word.startsWith(`${mountPath}/`),
      );
      return mount === undefined ? word : this.volumeDir(mount.name) + word.slice(mount.mountPath.length);
    };
    const own = await containerEnvironment(pod, container, this.read);
    const words = [...(container.command ?? []), ...(container.args ?? [])];
    return {
      commandLine: words.map((word) => rewrite(expand(word, own))),
      env: {
        // Pass none of the runner's own environment: a container does not see its node's environment.
        PATH: [...found.path, ...systemPath].join(path.delimiter),
        HOSTNAME: pod.metadata?.name ?? "",
        HOME: dir,
        ...found.env,
        ...Object.fromEntries([...own].map(([name, value]) => [name, rewrite(value)])),
      },
    };
  }

  /** Creates the folder of a volume. Only the current user can read its files. */
  private async makeVolume({ name, emptyDir, configMap, projected }: V1Volume): Promise<void> {
    const folder = this.volumeDir(name);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // The API server adds the projected volume with the token of the service account. No container uses it.
    if (emptyDir !== undefined || projected !== undefined) return;
    const keys =
      configMap?.name && (await this.read("configmap", this.options.pod.metadata?.namespace ?? "", configMap.name));
    for (const { key, path: file } of configMap?.items ?? []) {
      const content = keys ? keys.get(key) : undefined;
      if (content === undefined) {
        const message = `MountVolume.SetUp failed for volume "${name}" : configmap "${configMap?.name}" has no key ${key}`;
        throw new ContainerConfigError(message, "ContainerCreating");
      }
      await writeFile(path.join(folder, file), content, { mode: 0o600 });
    }
  }

  private volumeDir(name: string): string {
    return path.join(this.options.dir, "volumes", name);
  }

  /**
   * Retries a step until its dependencies exist, for example an image or a Secret. The container's status names the
   * missing dependency.
   */
  private async retry<T>(container: string, step: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await step();
      } catch (error) {
        if (!(error instanceof ContainerConfigError)) throw error;
        const reason = error.reason === "ErrImagePull" && attempt > 0 ? "ImagePullBackOff" : error.reason;
        this.status.set(container, { waiting: { reason, message: error.message } });
        await sleep(backOffMs(attempt), undefined, { signal: this.abort.signal });
      }
    }
  }
}
