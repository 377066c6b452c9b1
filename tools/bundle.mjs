// @ts-check
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";

/**
 * Bundles programs. Writes only the files whose content changes, each in one step, so that a program that starts at the same time
 * never reads half a file.
 * @param {import("esbuild").BuildOptions} options
 */
export async function bundle(options) {
  const { outputFiles = [] } = await build({ ...options, write: false });
  for (const { path: file, contents } of outputFiles) {
    if (existsSync(file) && readFileSync(file).equals(contents)) continue;
    mkdirSync(path.dirname(file), { recursive: true });
    const partial = `${file}.${process.pid}`;
    writeFileSync(partial, contents);
    renameSync(partial, file);
  }
}
