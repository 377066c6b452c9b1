import { execFile } from "node:child_process";
import { chmod, mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { goBuild } from "../engine/goBuild";
import { download, downloadText } from "../engine/download";
import { obtain, platform, ObtainError, type Way } from "../engine/obtain";
import type { Progress } from "../engine/progress";

/** The Kubernetes version of the sandbox's control plane, without a leading "v". */
export const kubernetesVersion = "1.36.3";
const etcdVersion = "3.6.8";
const name = "the Kubernetes control plane";
const versionVariable = "k8s.io/component-base/version.gitVersion";

export type Program = "etcd" | "kube-apiserver" | "kube-controller-manager";

/** No control plane is available. The message lists every source that was tried and the reason why it failed. */
export class ControlPlaneUnavailable extends Error {
  constructor(readonly reasons: readonly string[]) {
    super(`No Kubernetes control plane is available:\n${reasons.map((line) => `  - ${line}`).join("\n")}`);
    this.name = "ControlPlaneUnavailable";
  }
}

export interface ControlPlane {
  how: "downloaded" | "built";
  /** Returns the command that starts one of its programs. Append the program's flags. */
  command(program: Program): [string, ...string[]];
}

/**
 * Returns the programs of a control plane: from the cache; else the official binaries; else one binary that is built
 * from their Go modules. `USERSYNC_CONTROL_PLANE=off` simulates a machine on which no control plane is available.
 *
 * @throws ControlPlaneUnavailable
 */
export async function obtainControlPlane(options: {
  progress: Progress;
  /** Build from source if the other sources fail. A build takes minutes. Default: true. */
  allowBuild?: boolean;
  /** Default: the user's cache folder. */
  cacheDir?: string;
}): Promise<ControlPlane> {
  if (process.env["USERSYNC_CONTROL_PLANE"] === "off") {
    throw new ControlPlaneUnavailable(["USERSYNC_CONTROL_PLANE is set to off"]);
  }
  const ways: Way[] = [official(options.progress)];
  if (options.allowBuild !== false) ways.push(fromSource(options.progress));
  try {
    const { dir, how } = await obtain(
      { name, key: `kubernetes-${kubernetesVersion}-${platform}`, ways, check },
      options,
    );
    return { how: how as ControlPlane["how"], command: (program) => command(dir, how, program) };
  } catch (error) {
    if (!(error instanceof ObtainError)) throw error;
    const notAllowed = ["building from source: skipped, because it takes minutes and the caller does not allow it"];
    throw new ControlPlaneUnavailable([...error.reasons, ...(options.allowBuild === false ? notAllowed : [])]);
  }
}

function command(dir: string, how: string, program: Program): [string, ...string[]] {
  const bin = path.join(dir, "bin");
  return how === "built" ? [path.join(bin, "controlplane"), program] : [path.join(bin, program)];
}

async function check(dir: string): Promise<void> {
  const ways = ["built", "downloaded"].map((how) => command(dir, how, "kube-apiserver"));
  const outputs = await Promise.allSettled(ways.map(([file, ...rest]) => run(file, [...rest, "--version"])));
  const works = outputs.some(
    (output) => output.status === "fulfilled" && output.value.includes(`v${kubernetesVersion}`),
  );
  if (!works) throw new Error(`${dir} contains no working kube-apiserver ${kubernetesVersion}`);
}

function official(progress: Progress): Way {
  return {
    how: "downloaded",
    description: "the official binaries",
    fill: async (dir) => {
      const arch = { x64: "amd64", arm64: "arm64" }[process.arch as string];
      if (process.platform !== "linux" || arch === undefined) {
        throw new Error(`official binaries exist only for linux on x64 and arm64, and this machine is ${platform}`);
      }
      const bin = path.join(dir, "bin");
      await mkdir(bin, { recursive: true });
      for (const program of ["kube-apiserver", "kube-controller-manager"]) {
        const url = `https://dl.k8s.io/v${kubernetesVersion}/bin/linux/${arch}/${program}`;
        const sha256 = (await downloadText(`${url}.sha256`)).trim();
        progress(`${name}: downloading ${program} ${kubernetesVersion}`);
        await download(url, path.join(bin, program), sha256, progress);
        await chmod(path.join(bin, program), 0o755);
      }
      await downloadEtcd(bin, arch, progress);
    },
  };
}

async function downloadEtcd(bin: string, arch: string, progress: Progress): Promise<void> {
  const release = `https://github.com/etcd-io/etcd/releases/download/v${etcdVersion}`;
  const archive = `etcd-v${etcdVersion}-linux-${arch}.tar.gz`;
  const sums = await downloadText(`${release}/SHA256SUMS`);
  const sha256 = sums
    .split("\n")
    .find((line) => line.trim().endsWith(archive))
    ?.split(/\s+/)[0];
  if (sha256 === undefined) throw new Error(`${release}/SHA256SUMS has no line for ${archive}`);
  progress(`${name}: downloading etcd ${etcdVersion}`);
  const file = path.join(bin, archive);
  await download(`${release}/${archive}`, file, sha256, progress);
  const inside = `etcd-v${etcdVersion}-linux-${arch}/etcd`;
  await run("tar", ["--extract", "--gzip", "--file", file, "--directory", bin, "--strip-components=1", inside]);
  await rm(file);
}

function fromSource(progress: Progress): Way {
  return {
    how: "built",
    description: "building from the Go modules",
    fill: (dir) =>
      goBuild({
        name,
        moduleDir: path.join(__dirname, "build"),
        package: ".",
        variables: { [versionVariable]: `v${kubernetesVersion}` },
        output: path.join(dir, "bin", "controlplane"),
        progress,
      }),
  };
}

async function run(file: string, args: string[]): Promise<string> {
  return (await promisify(execFile)(file, args)).stdout;
}
