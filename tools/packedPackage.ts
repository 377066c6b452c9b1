import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = path.join(__dirname, "..");

/** A package that was packed and installed in an empty folder, as its users install it. */
export interface InstalledPackage {
  /** The folder in which it is installed. */
  dir: string;
  /** Relative paths of the files of the installed package. */
  files: string[];
  /** Runs a program with plain Node.js in the folder and returns its output. `name` ends in .cjs or .mjs. */
  runNode(name: string, source: string): Promise<string>;
  /** Checks a TypeScript program against the declarations of the package, without @types/node. Rejects with the errors. */
  typecheck(source: string): Promise<void>;
  remove(): Promise<void>;
}

/**
 * Packs a package of this repository and installs it with its dependencies in an empty folder. Returns the reason if the npm
 * registry is not reachable and the cache lacks a dependency.
 * @throws Error in this case, if USERSYNC_REQUIRE_ENGINE is 1
 */
export async function installPacked(name: string): Promise<InstalledPackage | string> {
  const parent = await mkdtemp(path.join(tmpdir(), "packed-"));
  const remove = () => rm(parent, { recursive: true, force: true });
  const dir = path.join(parent, "consumer");
  try {
    await npm(root, "pack", "--workspace", name, "--pack-destination", parent);
    const tarball = (await readdir(parent)).find((file) => file.endsWith(".tgz"));
    if (tarball === undefined) throw new Error(`npm pack created no archive of ${name}.`);
    await mkdir(dir);
    await writeFile(path.join(dir, "package.json"), '{ "private": true }\n');
    await npm(dir, "install", path.join(parent, tarball), "--prefer-offline", "--no-audit", "--no-fund");
  } catch (error) {
    await remove();
    const unreachable = /\b(ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENOTCACHED|ERR_SOCKET_TIMEOUT)\b/;
    const code = unreachable.exec(String((error as { stderr?: string }).stderr))?.[0];
    if (code === undefined || process.env["USERSYNC_REQUIRE_ENGINE"] === "1") throw error;
    return `The npm registry is not reachable (${code}), and the npm cache lacks a dependency of ${name}.`;
  }
  const installed = path.join(dir, "node_modules", name);
  const entries = await readdir(installed, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(installed, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, "/"));
  return {
    dir,
    files: files.sort(),
    runNode: async (file, source) => {
      await writeFile(path.join(dir, file), source);
      return (await run(process.execPath, [file], { cwd: dir, env: environment() })).stdout;
    },
    typecheck: async (source) => {
      await writeFile(path.join(dir, "consumer.ts"), source);
      const options = [
        "--noEmit",
        "--strict",
        "--exactOptionalPropertyTypes",
        "--module",
        "nodenext",
        "--lib",
        "es2023",
      ];
      const tsc = require.resolve("typescript/bin/tsc");
      await run(process.execPath, [tsc, ...options, "consumer.ts"], { cwd: dir }).catch(
        (error: { stdout?: string }) => {
          throw new Error(`The declarations of ${name} do not fit: ${error.stdout}`, { cause: error });
        },
      );
    },
    remove,
  };
}

function npm(cwd: string, ...args: string[]): Promise<unknown> {
  return run("npm", args, { cwd, env: environment(), shell: process.platform === "win32" });
}

/** Environment without the variables that the `npm` of the test run sets, and with this Node.js first on PATH. */
function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) =>
      !/^(npm_(lifecycle|package)_|npm_config_(workspace|local_prefix|prefix)|NODE_OPTIONS$|VITEST)/i.test(name),
  );
  const node = path.dirname(process.execPath);
  return { ...Object.fromEntries(own), PATH: `${node}${path.delimiter}${process.env["PATH"] ?? ""}` };
}
