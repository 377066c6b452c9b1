import { spawn, type ChildProcess } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { podSpec } from "../podSpec";

interface Container {
  name: string;
  command: string[];
  env: {
    name: string;
    value?: string;
    valueFrom?: {
      configMapKeyRef?: { key: string; optional?: boolean };
      secretKeyRef?: { key: string };
    };
  }[];
}

export interface PodOptions {
  /** A folder that only this Pod uses. */
  dir: string;
  /** Path of the Job's program. */
  program: string;
  /** The values of the ConfigMap and the Secret. */
  values: Readonly<Record<string, string>>;
  /** The admin-tools image: folders with its programs, and its environment variables. */
  image: { path: string[]; env: Record<string, string> };
  /** Environment variables that override those of the Pod's specification. */
  instead?: Readonly<Record<string, string>>;
  /** Called with the process of each container. Killing a step ends the Pod, as the loss of its node would. */
  onStart?: (step: string, process: ChildProcess) => void;
}

export interface PodResult {
  succeeded: boolean;
  /** By container. */
  logs: Record<string, string>;
  /** Output of the last container, which `kubectl logs job/NAME` and, as the termination message, `pulumi up` show. */
  printed: string;
}

/** Runs the containers of the Job's Pod one after the other as processes, each with only the environment of the Pod's specification. */
export async function runPod(options: PodOptions): Promise<PodResult> {
  const spec = podSpec({ adminToolsImage: "admin", nodeImage: "node", configMap: "c", secret: "s" }) as unknown as {
    initContainers: Container[];
    containers: Container[];
  };
  const work = join(options.dir, "work");
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  const logs: Record<string, string> = {};
  let printed = "";
  for (const container of [...spec.initContainers, ...spec.containers]) {
    const { code, output } = await runContainer(container, work, options);
    logs[container.name] = output;
    printed = spec.containers.includes(container) ? output : "";
    if (code !== 0) return { succeeded: false, logs, printed };
  }
  return { succeeded: true, logs, printed };
}

function runContainer(container: Container, work: string, options: PodOptions) {
  const { program, image, instead = {} } = options;
  const place = (text: string) => text.replace(/^\/work\b/, work).replace(/^\/program\/.*$/, program);
  const [file = "", ...args] = container.command.map(place);
  const child = spawn(file === "node" ? process.execPath : file, args, {
    env: {
      PATH: [...image.path, "/usr/bin", "/bin"].join(":"),
      ...image.env,
      ...environment(container, options.values),
      ...instead,
      WORK_DIR: work,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  options.onStart?.(container.name, child);
  return new Promise<{ code: number; output: string }>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? 137, output }));
  });
}

function environment({ env }: Container, values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    env.flatMap(({ name, value, valueFrom }) => {
      if (value !== undefined) return [[name, value]];
      const reference = valueFrom?.configMapKeyRef ?? valueFrom?.secretKeyRef;
      const found = values[reference?.key ?? ""];
      if (found !== undefined) return [[name, found]];
      if (valueFrom?.configMapKeyRef?.optional === true) return [];
      throw new Error(`The Pod refers to ${reference?.key ?? "nothing"}, which has no value.`);
    }),
  );
}
