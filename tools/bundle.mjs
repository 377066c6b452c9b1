// @ts-check
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";

/**
 * Bundles programs. Writes only the files whose content changes.
 * @param {import("esbuild").BuildOptions} options
 * @returns the sources, as paths relative to the working directory, without those in node_modules
 */
export async function bundle(options) {
  const { outputFiles = [], metafile } = await build({ ...options, write: false, metafile: true });
  for (const { path: file, contents } of outputFiles) {
    if (existsSync(file) && readFileSync(file).equals(contents)) continue;
    mkdirSync(path.dirname(file), { recursive: true });
    writeInOneStep(file, contents);
  }
  return Object.keys(metafile.inputs).filter((file) => !/(^|\/)node_modules\//.test(file));
}

/**
 * Records the digest of each bundled source, for the check that rejects an outdated build. A source that changed during the build is
 * recorded without a digest.
 * @param {string} record
 * @param {number} startedAt milliseconds since the epoch
 * @param {string[][]} bundles sources of each bundle
 */
export function recordSources(record, startedAt, bundles) {
  // A time in the future comes from another clock.
  const isIn = (/** @type {number} */ start, /** @type {number} */ time) => time > start && time <= Date.now();
  const digestOf = (/** @type {string} */ file) =>
    isIn(startedAt, statSync(file).mtimeMs) ? "" : createHash("sha256").update(readFileSync(file)).digest("hex");
  const digests = [...new Set(bundles.flat())].sort().map((file) => [file, digestOf(file)]);
  writeInOneStep(record, JSON.stringify(Object.fromEntries(digests)));
}

/**
 * Writes a file so that a program that starts at the same time never reads half of it.
 * @param {string} file
 * @param {string | Uint8Array} contents
 */
function writeInOneStep(file, contents) {
  const partial = `${file}.${process.pid}`;
  writeFileSync(partial, contents);
  renameSync(partial, file);
}
