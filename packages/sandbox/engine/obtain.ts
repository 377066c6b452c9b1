import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import lockfile from "proper-lockfile";

/** Receives one progress line of a long step, without a line break. */
export type Progress = (line: string) => void;

/** One way to obtain a program. */
export interface Way {
  /** How the program was obtained, for messages: "installed", "downloaded", "built". */
  how: string;
  /** Description of the way, as the start of a sentence: "the official installer". */
  description: string;
  /** Whether the way takes minutes, as a build from source does. Callers can exclude such ways. */
  slow?: true;
  /** Writes the program to the empty folder `dir`. Throws with the reason if that fails. */
  fill(dir: string): Promise<void>;
}

/** A program to obtain once and then keep in the cache folder. */
export interface Wanted {
  /** Name for messages: "the Pulumi engine". */
  name: string;
  /** Folder name in the cache. It contains version and platform, so each version has its own entry. */
  key: string;
  /** Environment variable whose value `off` simulates a machine on which the program is not available. */
  variable?: string;
  /** Ways to obtain the program, tried in this order. */
  ways: readonly Way[];
  /** Throws if `dir` does not contain a working program. */
  check(dir: string): Promise<void>;
}

interface Obtained {
  dir: string;
  how: string;
}

export interface ObtainOptions {
  progress: Progress;
  /** Use slow ways too. Default: true. */
  allowBuild?: boolean;
  /** Default: the user's cache folder. */
  cacheDir?: string;
}

/** Every way to obtain the program failed. `reasons` has one line for each way. */
export class ObtainError extends Error {
  constructor(
    readonly program: string,
    readonly reasons: readonly string[],
  ) {
    super(`Could not obtain ${program}:\n${reasons.map((line) => `  - ${line}`).join("\n")}`);
    this.name = "ObtainError";
  }
}

/** Returns the user's cache folder for programs: `smallstep-ssh-azuread` below `$XDG_CACHE_HOME` or `~/.cache`. */
export function defaultCacheDir(): string {
  const base = process.env["XDG_CACHE_HOME"];
  return path.join(base !== undefined && base !== "" ? base : path.join(homedir(), ".cache"), "smallstep-ssh-azuread");
}

/** Platform of this machine, for example "linux-x64". Several machines can share one home folder. */
export const platform = `${process.platform}-${process.arch}`;

const marker = "obtained.json";
const lockStaleMs = 60_000;

/**
 * Finds a program in the cache, or obtains it in the first way that works. A lock makes concurrent runs wait, so the
 * program is obtained once. A cache entry is either complete or absent.
 *
 * @throws ObtainError if every way fails
 */
export async function obtain(wanted: Wanted, options: ObtainOptions): Promise<Obtained> {
  const { variable = "" } = wanted;
  if (process.env[variable] === "off") throw new ObtainError(wanted.name, [`${variable} is set to off`]);
  const cacheDir = options.cacheDir ?? defaultCacheDir();
  const dir = path.join(cacheDir, wanted.key);
  const cached = await fromCache(wanted, dir);
  if (cached !== undefined) return cached;

  await mkdir(cacheDir, { recursive: true });
  const release = await lock(path.join(cacheDir, wanted.key), wanted.name, options.progress);
  try {
    const meanwhile = await fromCache(wanted, dir);
    if (meanwhile !== undefined) return meanwhile;
    await removeLeftovers(cacheDir, wanted.key);
    return await make(wanted, dir, options);
  } finally {
    await release();
  }
}

async function make(wanted: Wanted, dir: string, { progress, allowBuild = true }: ObtainOptions): Promise<Obtained> {
  const reasons: string[] = [];
  for (const way of wanted.ways) {
    if (way.slow && !allowBuild) {
      reasons.push(`${way.description}: skipped, because it takes minutes and the caller does not allow it`);
      continue;
    }
    const partial = `${dir}.partial-${process.pid}`;
    await mkdir(partial, { recursive: true });
    try {
      await way.fill(partial);
      await wanted.check(partial);
      await writeFile(path.join(partial, marker), `${JSON.stringify({ how: way.how })}\n`);
      // Remove a broken entry: its check failed above, or it has no marker.
      await rm(dir, { recursive: true, force: true });
      await rename(partial, dir);
      return { dir, how: way.how };
    } catch (error) {
      await rm(partial, { recursive: true, force: true });
      reasons.push(`${way.description}: ${reason(error)}`);
      progress(`${wanted.name}: ${way.description} failed (${reason(error)})`);
    }
  }
  throw new ObtainError(wanted.name, reasons);
}

async function fromCache(wanted: Wanted, dir: string): Promise<Obtained | undefined> {
  try {
    const { how }: Obtained = JSON.parse(await readFile(path.join(dir, marker), "utf8"));
    await wanted.check(dir);
    return { dir, how };
  } catch {
    return undefined;
  }
}

/** Waits for another run that is obtaining the same program, and reports the wait once. */
async function lock(file: string, name: string, progress: Progress): Promise<() => Promise<void>> {
  const options = { realpath: false, stale: lockStaleMs, update: lockStaleMs / 4 };
  try {
    return await lockfile.lock(file, options);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ELOCKED") throw error;
    progress(`${name}: waiting for another run that is obtaining it`);
    return lockfile.lock(file, { ...options, retries: { forever: true, minTimeout: 1000, maxTimeout: 1000 } });
  }
}

/** Removes partial folders of killed runs. The caller must hold the lock. */
async function removeLeftovers(cacheDir: string, key: string): Promise<void> {
  for (const name of await readdir(cacheDir)) {
    if (name.startsWith(`${key}.partial-`)) await rm(path.join(cacheDir, name), { recursive: true, force: true });
  }
}

/** Returns the first line of an error's message, for a list of reasons. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // fetch gives the reason of a failure only in the cause.
  const original = error.message === "fetch failed" && error.cause instanceof Error ? error.cause : error;
  return original.message.trim().split("\n")[0] ?? "";
}
