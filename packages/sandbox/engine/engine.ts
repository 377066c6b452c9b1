import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation";
import { SemVer } from "semver";
import { probe } from "./download";
import { goBuild } from "./goBuild";
import { obtain, platform, ObtainError, type Way } from "./obtain";
import { reason, type Progress } from "./progress";

/** Version that the sandbox installs or builds. An engine on PATH can be older. */
export const engineVersion = "3.276.0";
const oldestOnPath = "3.220.0";
const goPackage = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
const moduleDir = path.join(__dirname, "build");
const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

/** Name in the cache. A change of go.mod, such as a fixed dependency, gives another program of the same version. */
export function engineKey(): string {
  const modules = createHash("sha256").update(readFileSync(path.join(moduleDir, "go.mod")));
  return `pulumi-${engineVersion}-${modules.digest("hex").slice(0, 8)}-${platform}`;
}

/** No Pulumi engine is available. The message lists every source that was tried and the reason why it failed. */
export class EngineUnavailable extends Error {
  constructor(readonly reasons: readonly string[]) {
    super(`No Pulumi engine is available:\n${reasons.map((line) => `  - ${line}`).join("\n")}`);
    this.name = "EngineUnavailable";
  }
}

export interface Engine {
  /** Value for `LocalWorkspaceOptions.pulumiCommand`. */
  command: PulumiCommand;
  /** Source of the engine. "path": the user's own engine. The others are in the cache folder. */
  how: "path" | "installed" | "built";
  /** Version without a leading "v". */
  version: string;
}

/**
 * Returns a Pulumi CLI: the one on PATH (3.220 or newer); else one from the cache; else one that the Automation API's
 * installer installs; else one built from its Go module. `USERSYNC_ENGINE=off` simulates a machine without an engine.
 *
 * @throws EngineUnavailable
 */
export async function obtainEngine(options: {
  progress: Progress;
  /** Build from source if the other sources fail. A build takes minutes. Default: true. */
  allowBuild?: boolean;
  /** Default: the user's cache folder. */
  cacheDir?: string;
}): Promise<Engine> {
  if (process.env["USERSYNC_ENGINE"] === "off") throw new EngineUnavailable(["USERSYNC_ENGINE is set to off"]);
  const reasons: string[] = [];
  try {
    return engine(await PulumiCommand.get({ version: new SemVer(oldestOnPath) }), "path");
  } catch (error) {
    reasons.push(`pulumi on PATH: ${onPathReason(error)}`);
  }

  const ways: Way[] = [installer(options.progress)];
  if (options.allowBuild !== false) ways.push(fromSource(options.progress));
  try {
    const { dir, how } = await obtain(
      {
        name: "the Pulumi engine",
        key: engineKey(),
        ways,
        check: async (root) => void (await commandIn(root)),
      },
      options,
    );
    return engine(await commandIn(dir), how as Engine["how"]);
  } catch (error) {
    if (!(error instanceof ObtainError)) throw error;
    reasons.push(...error.reasons);
    if (options.allowBuild === false)
      reasons.push("building from source: skipped, because it takes minutes and the caller does not allow it");
    throw new EngineUnavailable(reasons);
  }
}

function installer(progress: Progress): Way {
  return {
    how: "installed",
    description: "the official installer",
    fill: async (dir) => {
      // The installer has no connection timeout, so check first that the server is reachable.
      await probe("https://get.pulumi.com/install.sh");
      progress(`the Pulumi engine: installing version ${engineVersion} with the official installer`);
      await PulumiCommand.install({ root: dir, version: new SemVer(engineVersion) });
    },
  };
}

function fromSource(progress: Progress): Way {
  return {
    how: "built",
    description: "building from the Go module",
    fill: (dir) =>
      goBuild({
        name: "the Pulumi engine",
        moduleDir,
        package: goPackage,
        // Without this variable the program reports no version, and the Automation API rejects it.
        variables: { [versionVariable]: `v${engineVersion}` },
        output: path.join(dir, "bin", process.platform === "win32" ? "pulumi.exe" : "pulumi"),
        progress,
      }),
  };
}

function commandIn(root: string): Promise<PulumiCommand> {
  return PulumiCommand.get({ root, version: new SemVer(engineVersion) });
}

function engine(command: PulumiCommand, how: Engine["how"]): Engine {
  return { command, how, version: command.version?.toString() ?? "unknown" };
}

function onPathReason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.includes("ENOENT") ? "not found" : reason(error);
}
