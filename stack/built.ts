import { readdirSync, statSync } from "node:fs";
import path from "node:path";

/** What `npm run build` makes a deployment of: the program, the plugin, and the program of the registration Job. */
const sources = ["components", "config", "job", "mappings", "preflight", "provider", "stack", "index.ts"];

/**
 * A source that was changed after `npm run build`: what would run is not what is written.
 * @returns its path from the root of the repository; undefined when all is built
 */
export function findStaleSource(root: string, stamp: string): string | undefined {
  const built = statSync(path.join(root, stamp)).mtimeMs;
  const files = sources.flatMap((source) =>
    source.endsWith(".ts")
      ? [source]
      : readdirSync(path.join(root, source), { recursive: true, encoding: "utf8" })
          .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
          .map((name) => path.join(source, name)),
  );
  return files.sort().find((file) => statSync(path.join(root, file)).mtimeMs > built);
}
