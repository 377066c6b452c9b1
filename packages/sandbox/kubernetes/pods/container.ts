import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { V1Container, V1ContainerStateTerminated, V1Pod } from "@kubernetes/client-node";
import { containerEnvironment } from "./environment";
import { ContainerConfigError } from "./errors";
import { expand } from "./expand";
import { rewrite } from "./mounts";
import type { ObjectReader } from "./objects";
import { startProcess } from "./process";
import type { PodStatus } from "./status";
import { mountsOf } from "./volumes";

/**
 * Local replacement for an image: folders with its programs, which are searched before the system folders, and the
 * environment variables that the image sets. Returns undefined for an unknown image.
 */
export type ImageTable = (image: string) => { path: string[]; env: Record<string, string> } | undefined;

/** A process that the runner started for a container. */
export interface StartedProcess {
  namespace: string;
  pod: string;
  container: string;
  image: string;
  commandLine: readonly string[];
  pid: number;
}

/** State that the containers of one Pod share. */
export interface PodContext {
  pod: V1Pod;
  /** The Pod's folder on this machine. */
  dir: string;
  images: ImageTable;
  objects: ObjectReader;
  status: PodStatus;
  volumes: ReadonlyMap<string, string>;
  /** Aborts when the Pod is deleted or the runner stops. */
  signal: AbortSignal;
  /** Returns the time between SIGTERM and SIGKILL, in milliseconds. */
  graceMs(): number;
  onStart(started: StartedProcess): void;
}

export type RestartPolicy = "Always" | "OnFailure" | "Never";

const systemPath = ["/usr/local/bin", "/usr/bin", "/bin"];
/** A kubelet waits 10 s to 5 min between attempts. The sandbox waits less because a user is watching. */
const backOffMs = (attempt: number) => Math.min(1000 * 2 ** attempt, 10_000);

/**
 * Runs a container, and restarts it according to `policy`. Returns true if the last run succeeded. The context's
 * signal aborts it.
 */
export async function runContainer(
  context: PodContext,
  container: V1Container,
  policy: RestartPolicy,
): Promise<boolean> {
  for (let attempt = 0; ; attempt++) {
    const terminated = await runOnce(context, container, attempt);
    context.status.set(container.name, { terminated });
    const succeeded = terminated.exitCode === 0;
    if (context.signal.aborted || policy === "Never" || (succeeded && policy === "OnFailure")) return succeeded;
    const delay = backOffMs(attempt);
    const message = `back-off ${delay / 1000}s restarting failed container=${container.name}`;
    context.status.set(container.name, { waiting: { reason: "CrashLoopBackOff", message } });
    await pause(delay, context.signal);
  }
}

async function runOnce(
  context: PodContext,
  container: V1Container,
  attempt: number,
): Promise<V1ContainerStateTerminated> {
  const { pod, status, signal } = context;
  const image = container.image ?? "";
  const prepared = await retryUntilStarted(context, container.name, () => prepare(context, container));
  const startedAt = new Date();
  const logFile = logFileOf(context.dir, container.name, attempt);
  let process;
  try {
    process = await startProcess({ ...prepared, logFile });
  } catch (error) {
    const message = `failed to start "${prepared.commandLine[0] ?? ""}": ${error instanceof Error ? error.message : String(error)}`;
    return { exitCode: 128, reason: "StartError", message, startedAt, finishedAt: new Date() };
  }
  context.onStart({
    namespace: pod.metadata?.namespace ?? "",
    pod: pod.metadata?.name ?? "",
    container: container.name,
    image,
    commandLine: prepared.commandLine,
    pid: process.pid,
  });
  status.set(container.name, { running: { startedAt } }, `sandbox://${image}`);
  const stop = () => void process.stop(context.graceMs());
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  const ended = await process.ended;
  signal.removeEventListener("abort", stop);
  return {
    ...ended,
    reason: ended.exitCode === 0 ? "Completed" : "Error",
    startedAt,
    finishedAt: new Date(),
    containerID: `sandbox://${pod.metadata?.uid ?? ""}/${container.name}/${attempt}`,
    ...(await terminationMessage(container, ended.exitCode, logFile)),
  };
}

async function prepare(context: PodContext, container: V1Container) {
  const image = container.image ?? "";
  const found = context.images(image);
  if (found === undefined) {
    throw new ContainerConfigError(
      `failed to pull image "${image}": the sandbox has no replacement for it`,
      "ErrImagePull",
    );
  }
  refuseUnsupported(context.pod, container);
  const mounts = mountsOf(container, context.volumes);
  const own = await containerEnvironment(context.pod, container, context.objects);
  const commandLine = [...(container.command ?? []), ...(container.args ?? [])].map((word) =>
    rewrite(expand(word, own), mounts),
  );
  if (commandLine.length === 0) throw new ContainerConfigError("no command specified", "CreateContainerError");
  const cwd = container.workingDir === undefined ? context.dir : rewrite(container.workingDir, mounts);
  return {
    commandLine,
    cwd: cwd === container.workingDir ? context.dir : cwd,
    env: {
      // Pass none of the runner's own environment: a container does not see its node's environment.
      PATH: [...found.path, ...systemPath].join(path.delimiter),
      HOSTNAME: context.pod.metadata?.name ?? "",
      HOME: context.dir,
      ...found.env,
      ...Object.fromEntries([...own].map(([name, value]) => [name, rewrite(value, mounts)])),
    },
  };
}

function refuseUnsupported(pod: V1Pod, container: V1Container): void {
  const security = container.securityContext;
  const nonRoot = security?.runAsNonRoot ?? pod.spec?.securityContext?.runAsNonRoot ?? false;
  const user = security?.runAsUser ?? pod.spec?.securityContext?.runAsUser;
  // The sandbox's images run as root by default, like the node image and most others.
  if (nonRoot && user === undefined) {
    throw new ContainerConfigError("container has runAsNonRoot and image will run as root");
  }
  if (nonRoot && user === 0) {
    throw new ContainerConfigError("container's runAsUser breaks non-root policy");
  }
  if (container.restartPolicy === "Always") {
    throw new ContainerConfigError(
      `the Pod runner does not support sidecars, and init container ${container.name} is one`,
    );
  }
}

/**
 * Retries a step until its dependencies exist, for example an image or a Secret. The container's status names the
 * missing dependency.
 */
export async function retryUntilStarted<T>(
  context: Pick<PodContext, "status" | "signal">,
  container: string,
  step: () => Promise<T>,
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof ContainerConfigError)) throw error;
      const reason = error.reason === "ErrImagePull" && attempt > 0 ? "ImagePullBackOff" : error.reason;
      context.status.set(container, { waiting: { reason, message: error.message } });
      await pause(backOffMs(attempt), context.signal);
    }
  }
}

export function logFileOf(dir: string, container: string, attempt: number): string {
  return path.join(dir, "logs", `${container}.${attempt}.log`);
}

export async function makePodDir(dir: string): Promise<void> {
  await mkdir(path.join(dir, "logs"), { recursive: true, mode: 0o700 });
}

/**
 * Returns the last output of a failed container as its message if the policy is `FallbackToLogsOnError`. The limits
 * (80 lines, 2048 characters) are those of a kubelet.
 */
async function terminationMessage(
  container: V1Container,
  exitCode: number,
  logFile: string,
): Promise<{ message?: string }> {
  if (exitCode === 0 || container.terminationMessagePolicy !== "FallbackToLogsOnError") return {};
  const lines = (await readFile(logFile, "utf8")).trimEnd().split("\n");
  return { message: lines.slice(-80).join("\n").slice(-2048) };
}

/** Waits `ms` milliseconds. Throws if `signal` is aborted before or during the wait. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
  signal.throwIfAborted();
}
