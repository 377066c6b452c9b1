import { execFile } from "node:child_process";
import { chmod, mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

import { download, downloadText } from "../../../engine/download";
import { goBuild } from "../../../engine/goBuild";
import { obtain, platform, ObtainError, type Way } from "../../../engine/obtain";
import type { Progress } from "../../../engine/progress";

/** The version that is downloaded or built, without a leading "v". */
export const stepCaVersion = "0.30.2";
const name = "step-ca";
const goPackage = "github.com/smallstep/certificates/cmd/step-ca";
const file = process.platform === "win32" ? "step-ca.exe" : "step-ca";

/** No step-ca could be had; the message lists each way that was tried and why it did not work. */
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
 * Smallstep's open source CA: from the cache; else the official binary; else built from its Go module.
 * `USERSYNC_STEP_CA=off` stands for a machine on which none can be had.
 *
 * @throws StepCaUnavailable
 */
export async function obtainStepCa(options: {
  progress: Progress;
  /** Build from source, which takes minutes, when nothing else works. Default true. */
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
    const notAllowed = ["building from source: not allowed here, as it takes minutes"];
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
    what: "the official binary",
    fill: async (dir) => {
      const arch = { x64: "amd64", arm64: "arm64" }[process.arch as string];
      if (!["linux", "darwin"].includes(process.platform) || arch === undefined) {
        throw new Error(
          `there are official binaries for linux and darwin on x64 and arm64 only, and this is ${platform}`,
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
    what: "building from the Go module",
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
