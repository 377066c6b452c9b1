import { spawn } from "node:child_process";
import path from "node:path";
import type { Engine } from "../engine";
import type { SandboxOptions } from "./options";

const root = path.join(__dirname, "../..");
/** The official plugins, at the versions of the npm packages, smallest first: where downloads are blocked the first says so. */
const official = ["random", "postgresql", "azuread", "kubernetes"];

export interface Plugins {
  which: "official" | "stand-in";
  /** Why, for the reader. */
  reason: string;
  /** Folders for the project's `plugins.providers`. */
  folders: Record<string, string>;
}

/** Which provider plugins the run uses. `usersync` is always our own. */
export async function choosePlugins(options: {
  which: SandboxOptions["plugins"];
  engine: Engine;
  home: string;
  progress: (line: string) => void;
}): Promise<Plugins> {
  const own = { usersync: path.join(root, "provider/bin") };
  const standIns = Object.fromEntries(official.map((name) => [name, path.join(root, "sandbox/plugins", name, "bin")]));
  if (options.which === "stand-in") return { which: "stand-in", reason: "asked for", folders: { ...own, ...standIns } };
  for (const name of official) {
    const version = versionOf(name);
    options.progress(`official plugin ${name} ${version}: looking for it`);
    const failure = await install(options.engine.command.command, options.home, name, version);
    if (failure === undefined) continue;
    if (options.which === "official")
      throw new Error(`the official plugin ${name} ${version} cannot be had: ${failure}`);
    const reason = `the official ${name} ${version} cannot be downloaded here (${failure})`;
    return { which: "stand-in", reason, folders: { ...own, ...standIns } };
  }
  return { which: "official", reason: "downloaded, or there already", folders: own };
}

function versionOf(name: string): string {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- a file of a package, whose version decides
  return (require(`@pulumi/${name}/package.json`) as { version: string }).version;
}

/** Undefined when it is there in the end, else why not. */
function install(pulumi: string, home: string, name: string, version: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(pulumi, ["plugin", "install", "resource", name, version], {
      env: { ...process.env, PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code) => resolve(code === 0 ? undefined : lastLine(said)));
  });
}

function lastLine(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return (lines.at(-1) ?? "no reason given").slice(0, 200);
}
