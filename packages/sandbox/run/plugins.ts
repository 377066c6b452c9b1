import path from "node:path";
import type { Engine } from "../engine/engine";
import type { SandboxOptions } from "./options";
import { runProgram } from "../runProgram";

const packages = path.join(__dirname, "../..");
/** Official plugins, smallest first, so that a blocked download fails early. Their versions are those of the npm packages. */
const official = ["random", "postgresql", "azuread", "kubernetes"];

export interface Plugins {
  which: "official" | "stand-in";
  /** Reason for the choice, for messages. */
  reason: string;
  /** Plugin folders by plugin name, for the project's `plugins.providers`. */
  folders: Record<string, string>;
}

/**
 * Chooses the provider plugins of the run. `usersync` always comes from this repository.
 *
 * @throws Error if `which` is "official" and an official plugin is not available
 */
export async function choosePlugins(options: {
  which: SandboxOptions["plugins"];
  engine: Engine;
  home: string;
  progress: (line: string) => void;
}): Promise<Plugins> {
  const own = { usersync: path.join(packages, "usersync/bin") };
  let reason = options.which === "stand-in" ? "requested" : undefined;
  for (const name of reason === undefined ? official : []) {
    const version = versionOf(name);
    options.progress(`official plugin ${name} ${version}: searching or downloading`);
    const failure = await install(options.engine.command.command, options.home, name, version);
    if (failure === undefined) continue;
    reason = `the official plugin ${name} ${version} is not available (${failure})`;
    if (options.which === "official") throw new Error(`${reason}. Use --plugins stand-in`);
    break;
  }
  if (reason === undefined) return { which: "official", reason: "downloaded or already installed", folders: own };
  const standIns = official.map((name) => [name, path.join(packages, "plugin-stand-ins", name, "bin")]);
  return { which: "stand-in", reason, folders: { ...own, ...Object.fromEntries(standIns) } };
}

function versionOf(name: string): string {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- reads the version of an installed package
  return (require(`@pulumi/${name}/package.json`) as { version: string }).version;
}

/** Installs a plugin unless it is installed already. Returns undefined on success, else the reason of the failure. */
async function install(pulumi: string, home: string, name: string, version: string): Promise<string | undefined> {
  const env = { ...process.env, PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" };
  const { code, err } = await runProgram(pulumi, ["plugin", "install", "resource", name, version], { env });
  return code === 0 ? undefined : (err.trim().split("\n").at(-1) || "no reason given").slice(0, 200);
}
