import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { link } from "node:fs/promises";
import path from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation";
import { SemVer } from "semver";
import { probe } from "./download";
import { buildFromSource, goBuild } from "./goBuild";
import { obtain, platform, ObtainError, type ObtainOptions, type Progress, type Way, reason } from "./obtain";

/** Version that the sandbox installs or builds. An engine on PATH can be older. */
export const engineVersion = "3.276.0";
const oldestOnPath = "3.220.0";
const name = "the Pulumi engine";
const variable = "USERSYNC_ENGINE";
const moduleDir = path.join(__dirname, "build");

/** Name in the cache. A change of a source, such as a fixed dependency in go.mod, gives other programs of the same version. */
export function engineKey(): string {
  const sources = createHash("sha256");
  for (const file of ["go.mod", "languagehost/main.go"]) sources.update(readFileSync(path.join(moduleDir, file)));
  return `pulumi-${engineVersion}-${sources.digest("hex").slice(0, 8)}-${platform}`;
}

export interface Engine {
  /** Value for `LocalWorkspaceOptions.pulumiCommand`. */
  command: PulumiCommand;
  /** Source of the engine. "path": the user's own engine. The others are in the cache folder: "installed", "built". */
  how: string;
  /** Version without a leading "v". */
  version: string;
}

/**
 * Returns a Pulumi CLI: the one on PATH (3.220 or newer); else one from the cache; else one that the Automation API's
 * installer installs; else one built from its Go module. `USERSYNC_ENGINE=off` simulates a machine without an engine.
 *
 * @throws ObtainError
 */
export async function obtainEngine(options: ObtainOptions): Promise<Engine> {
  let onPath: string | undefined;
  if (process.env[variable] !== "off") {
    try {
      return engine(await PulumiCommand.get({ version: new SemVer(oldestOnPath) }), "path");
    } catch (error) {
      onPath = `pulumi on PATH: ${String(error).includes("ENOENT") ? "not found" : reason(error)}`;
    }
  }
  const { progress } = options;
  const installer: Way = {
    how: "installed",
    description: "the official installer",
    fill: async (dir) => {
      // The installer has no connection timeout, so check first that the server is reachable.
      await probe("https://get.pulumi.com/install.sh");
      progress(`${name}: installing version ${engineVersion} with the official installer`);
      await PulumiCommand.install({ root: dir, version: new SemVer(engineVersion) });
    },
  };
  const check = async (root: string) => void (await commandIn(root));
  const wanted = { name, key: engineKey(), variable, ways: [installer, build(progress)], check };
  try {
    const { dir, how } = await obtain(wanted, options);
    return engine(await commandIn(dir), how);
  } catch (error) {
    if (!(error instanceof ObtainError) || onPath === undefined) throw error;
    throw new ObtainError(name, [onPath, ...error.reasons]);
  }
}

/** Builds the engine and, beside it, the language host for each language of which the engine can generate an SDK. */
function build(progress: Progress): Way {
  const suffix = process.platform === "win32" ? ".exe" : "";
  const common = {
    moduleDir,
    // Without this variable the engine reports no version, and the Automation API rejects it.
    variables: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": `v${engineVersion}` },
    progress,
  };
  const engineBuild = buildFromSource(`pulumi${suffix}`, {
    ...common,
    name,
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  });
  return {
    ...engineBuild,
    fill: async (dir) => {
      await engineBuild.fill(dir);
      const host = (language: string) => path.join(dir, "bin", `pulumi-language-${language}${suffix}`);
      await goBuild({ ...common, name: "the language host", package: "./languagehost", output: host("nodejs") });
      for (const language of ["go", "python"]) await link(host("nodejs"), host(language));
    },
  };
}

function commandIn(root: string): Promise<PulumiCommand> {
  return PulumiCommand.get({ root, version: new SemVer(engineVersion) });
}

function engine(command: PulumiCommand, how: string): Engine {
  return { command, how, version: command.version?.toString() ?? "unknown" };
}
