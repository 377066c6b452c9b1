import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { buildFromSource } from "../engine/goBuild";
import { download, downloadFromArchive, downloadText } from "../engine/download";
import { obtain, platform, type ObtainOptions, type Progress, type Way } from "../engine/obtain";

/** The Kubernetes version of the sandbox's control plane, without a leading "v". */
const kubernetesVersion = "1.36.3";
const etcdVersion = "3.6.8";
const name = "the Kubernetes control plane";

export type Program = "etcd" | "kube-apiserver" | "kube-controller-manager";

export interface ControlPlane {
  /** "downloaded" or "built". */
  how: string;
  /** Returns the command that starts one of its programs. Append the program's flags. */
  command(program: Program): [string, ...string[]];
}

/**
 * Returns the programs of a control plane: from the cache; else the official binaries; else one binary that is built
 * from their Go modules. `USERSYNC_CONTROL_PLANE=off` simulates a machine on which no control plane is available.
 *
 * @throws ObtainError
 */
export async function obtainControlPlane(options: ObtainOptions): Promise<ControlPlane> {
  const { progress } = options;
  const official: Way = {
    how: "downloaded",
    description: "the official binaries",
    fill: (dir) => downloadBinaries(path.join(dir, "bin"), progress),
  };
  const build = buildFromSource("controlplane", {
    name,
    moduleDir: path.join(__dirname, "build"),
    package: ".",
    variables: { "k8s.io/component-base/version.gitVersion": `v${kubernetesVersion}` },
    progress,
  });
  const check = async (dir: string) => {
    const [file, ...args] = command(dir, "kube-apiserver");
    const { stdout } = await promisify(execFile)(file, [...args, "--version"]);
    if (!stdout.includes(`v${kubernetesVersion}`)) throw new Error(`${file} is not version ${kubernetesVersion}`);
  };
  const key = `kubernetes-${kubernetesVersion}-${platform}`;
  const wanted = { name, key, variable: "USERSYNC_CONTROL_PLANE", ways: [official, build], check };
  const { dir, how } = await obtain(wanted, options);
  return { how, command: (program) => command(dir, program) };
}

/** Returns the command of a program: the one binary that was built from source, or the program's own binary. */
function command(dir: string, program: Program): [string, ...string[]] {
  const built = path.join(dir, "bin", "controlplane");
  return existsSync(built) ? [built, program] : [path.join(dir, "bin", program)];
}

async function downloadBinaries(bin: string, progress: Progress): Promise<void> {
  const arch = { x64: "amd64", arm64: "arm64" }[process.arch as string];
  if (process.platform !== "linux" || arch === undefined) {
    throw new Error(`official binaries exist only for linux on x64 and arm64, and this machine is ${platform}`);
  }
  await mkdir(bin, { recursive: true });
  for (const program of ["kube-apiserver", "kube-controller-manager"]) {
    const url = `https://dl.k8s.io/v${kubernetesVersion}/bin/linux/${arch}/${program}`;
    const sha256 = (await downloadText(`${url}.sha256`)).trim();
    progress(`${name}: downloading ${program} ${kubernetesVersion}`);
    await download(url, path.join(bin, program), sha256);
    await chmod(path.join(bin, program), 0o755);
  }
  const release = `https://github.com/etcd-io/etcd/releases/download/v${etcdVersion}`;
  const folder = `etcd-v${etcdVersion}-linux-${arch}`;
  const archive = { archive: `${folder}.tar.gz`, inside: `${folder}/etcd` };
  await downloadFromArchive({ release, checksums: "SHA256SUMS", ...archive, bin }, progress);
}
