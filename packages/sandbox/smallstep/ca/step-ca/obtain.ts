import { execFile } from "node:child_process";
import { chmod, mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

import { download, downloadText } from "../../../engine/download";
import { goBuild } from "../../../engine/goBuild";
import { obtain, platform, ObtainError, type Way } from "../../../engine/obtain";
import type { Progress } from "../../../engine/progress";

/** Version that the sandbox downloads or builds, without a leading "v". */
export const stepCaVersion = "0.30.2";
const name = "step-ca";
const goPackage = "github.com/smallstep/certificates/cmd/step-ca";
const file = process.platform === "win32" ? "step-ca.exe" : "step-ca";

/** No step-ca is available. The message lists every source that was tried and the reason why it failed. */
export class StepCaUnavailable extends Error {
  constructor(readonly reasons: readonly string[]) {
    super(`No step-ca is available:\n${reasons.map((line) => `  - ${line}`).join("\n")}`);
    this.name = "StepCaUnavailable";
  }
}

export interface StepCaProgram {
  how: "downloaded" | "built";
  /** Path of the executable. */
  file: string;
}

/**
 * Returns Smallstep's open-source CA: from the cache; else the official binary; else built from its Go module.
 * `USERSYNC_STEP_CA=off` simulates a machine on which step-ca is not available.
 *
 * @throws StepCaUnavailable
 */
export async function obtainStepCa(options: {
  progress: Progress;
  /** Build from source if the other sources fail. A build takes minutes. Default: true. */
  allowBuild?: boolean;
  /** Default: the user's cache folder. */
  cacheDir?: string;
}): Promise<StepCaProgram> {
  if (process.env["USERSYNC_STEP_CA"] === "off") throw new StepCaUnavailable(["USERSYNC_STEP_CA is set to off"]);
  const ways: Way[] = [official(options.progress)];
  if (options.allowBuild !== false) ways.push(fromSource(options.progress));
  try {
    const { dir, how } = await obtain({ name, key: `step-ca-${stepCaVersion}-${platform}`, ways, check }, options);
    return { how: how as StepCaProgram["how"], file: executable(dir) };
  } catch (error) {
    if (!(error instanceof ObtainError)) throw error;
    const notAllowed = ["building from source: skipped, because it takes minutes and the caller does not allow it"];
    throw new StepCaUnavailable([...error.reasons, ...(options.allowBuild === false ? notAllowed : [])]);
  }
}

function executable(dir: string): string {
  return path.join(dir, "bin", file);
}

async function check(dir: string): Promise<void> {
  const { stdout } = await promisify(execFile)(executable(dir), ["version"]);
  if (!stdout.includes(`/${stepCaVersion} `)) throw new Error(`${executable(dir)} is not step-ca ${stepCaVersion}`);
}

function official(progress: Progress): Way {
  return {
    how: "downloaded",
    description: "the official binary",
    fill: async (dir) => {
      const arch = { x64: "amd64", arm64: "arm64" }[process.arch as string];
      if (!["linux", "darwin"].includes(process.platform) || arch === undefined) {
        throw new Error(
          `official binaries exist only for linux and darwin on x64 and arm64, and this machine is ${platform}`,
        );
      }
      const release = `https://github.com/smallstep/certificates/releases/download/v${stepCaVersion}`;
      const archive = `step-ca_${process.platform}_${stepCaVersion}_${arch}.tar.gz`;
      const sums = await downloadText(`${release}/checksums.txt`);
      const line = sums.split("\n").find((one) => one.trim().endsWith(` ${archive}`));
      const sha256 = line?.split(/\s+/)[0];
      if (sha256 === undefined) throw new Error(`${release}/checksums.txt has no line for ${archive}`);
      const bin = path.join(dir, "bin");
      await mkdir(bin, { recursive: true });
      progress(`${name}: downloading version ${stepCaVersion}`);
      const packed = path.join(bin, archive);
      await download(`${release}/${archive}`, packed, sha256, progress);
      await promisify(execFile)("tar", ["--extract", "--gzip", "--file", packed, "--directory", bin, file]);
      await rm(packed);
      await chmod(executable(dir), 0o755);
    },
  };
}

function fromSource(progress: Progress): Way {
  return {
    how: "built",
    description: "building from the Go module",
    fill: (dir) =>
      goBuild({
        name,
        moduleDir: path.join(__dirname, "build"),
        package: goPackage,
        variables: { "main.Version": stepCaVersion },
        output: executable(dir),
        progress,
      }),
  };
}
