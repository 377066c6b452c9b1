// @ts-check
/** The workspaces of this repository, for the rules about what a package imports. */
import { globSync, readFileSync } from "node:fs";

/**
 * @typedef {object} Manifest
 * @property {string} name
 * @property {boolean} [private]
 * @property {string[]} [workspaces]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [devDependencies]
 * @property {Record<string, string | Record<string, string>>} [exports]
 */

/** @typedef {{ folder: string, manifest: Manifest }} Workspace */

/** Returns the workspaces below a folder, sorted by their folders, which are relative to it and end with a slash. @returns {Workspace[]} */
export function readWorkspaces(root = ".") {
  const { workspaces = [] } = readManifest(`${root}/`);
  return globSync(
    workspaces.map((pattern) => `${pattern}/package.json`),
    { cwd: root },
  )
    .map((file) => file.replaceAll("\\", "/").replace(/package\.json$/, ""))
    .sort()
    .map((folder) => ({ folder, manifest: readManifest(`${root}/${folder}`) }));
}

/** Reads the package.json of a folder. @param {string} folder ends with a slash @returns {Manifest} */
export function readManifest(folder) {
  return JSON.parse(readFileSync(`${folder}package.json`, "utf8"));
}

/** Returns the source files that a package exports, relative to the repository. @param {Workspace} workspace */
export function entriesOf({ folder, manifest }) {
  return Object.values(manifest.exports ?? {})
    .map((target) => (typeof target === "string" ? target : (target["source"] ?? "")))
    .filter((target) => target.endsWith(".ts"))
    .map((target) => target.replace(/^\.\//, folder));
}
