import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

import { downloadFromArchive } from "../../../engine/download";
import { buildFromSource } from "../../../engine/goBuild";
import { obtain, platform, type ObtainOptions, type Way } from "../../../engine/obtain";

/** Version that the sandbox downloads or builds, without a leading "v". */
const stepCaVersion = "0.30.2";
const name = "step-ca";
const file = process.platform === "win32" ? "step-ca.exe" : "step-ca";

export interface StepCaProgram {
  /** "downloaded" or "built". */
  how: string;
  /** Path of the executable. */
  file: string;
}

/**
 * Returns Smallstep's open-source CA: from the cache; else the official binary; else built from its Go module.
 * `USERSYNC_STEP_CA=off` simulates a machine on which step-ca is not available.
 *
 * @throws ObtainError
 */
export async function obtainStepCa(options: ObtainOptions): Promise<StepCaProgram> {
  const { progress } = options;
  const executable = (dir: string) => path.join(dir, "bin", file);
  const download: Way = {
    how: "downloaded",
    description: "the official binary",
    fill: async (dir) => {
      const arch = process.arch === "x64" ? "amd64" : process.arch;
      const release = `https://github.com/smallstep/certificates/releases/download/v${stepCaVersion}`;
      const archive = `step-ca_${process.platform}_${stepCaVersion}_${arch}.tar.gz`;
      const bin = path.join(dir, "bin");
      await downloadFromArchive({ release, checksums: "checksums.txt", archive, inside: file, bin }, progress);
    },
  };
  const build = buildFromSource(file, {
    name,
    moduleDir: path.join(__dirname, "build"),
    package: "github.com/smallstep/certificates/cmd/step-ca",
    variables: { "main.Version": stepCaVersion },
    progress,
  });
  const check = async (dir: string) => {
    const { stdout } = await promisify(execFile)(executable(dir), ["version"]);
    if (!stdout.includes(`/${stepCaVersion} `)) throw new Error(`${executable(dir)} is not step-ca ${stepCaVersion}`);
  };
  const key = `step-ca-${stepCaVersion}-${platform}`;
  const { dir, how } = await obtain(
    { name, key, variable: "USERSYNC_STEP_CA", ways: [download, build], check },
    options,
  );
  return { how, file: executable(dir) };
}
