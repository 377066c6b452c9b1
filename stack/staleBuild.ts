import { readdirSync, statSync } from "node:fs";
import path from "node:path";

/** Sources that `npm run build` bundles: the program, the plugin, the registration Job's program, and the commands. */
const sources = ["components", "stack", "packages/usersync", "packages/entra-mappings", "packages/cli", "index.ts"];

/**
 * Finds a source file that is newer than the last `npm run build`, so that an outdated build never runs.
 * @returns its path relative to the repository root; undefined when the build is current
 */
export function findStaleSource(root: string, stamp: string): string | undefined {
  const built = statSync(path.join(root, stamp)).mtimeMs;
  const files = sources.flatMap((source) =>
    source.endsWith(".ts")
      ? [source]
      : readdirSync(path.join(root, source), { recursive: true, encoding: "utf8" })
          .filter((name) => /(?<!\.test)\.ts$/.test(name) && !/(^|[\\/])(dist|node_modules)[\\/]/.test(name))
          .map((name) => path.join(source, name)),
  );
  return files.sort().find((file) => statSync(path.join(root, file)).mtimeMs > built);
}
