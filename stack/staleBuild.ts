import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";

/**
 * Finds a source file whose content has changed since the last `npm run build`, so that an outdated build never runs. A new file matters
 * only when another one imports it.
 * @param record file in which the build records the digest of each bundled source by its path
 * @returns its path relative to the repository root; undefined when the build is current
 */
export function findStaleSource(root: string, record: string): string | undefined {
  const built = JSON.parse(readFileSync(path.join(root, record), "utf8")) as Record<string, string>;
  return Object.keys(built).find((file) => built[file] !== digestOf(path.join(root, file)));
}

function digestOf(file: string): string | undefined {
  try {
    return createHash("sha256").update(readFileSync(file)).digest("hex");
  } catch {
    return undefined; // deleted
  }
}
