/** Generates docs/configuration.md from the configuration schema: `npm run docs:configuration`. */
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { format, resolveConfig } from "prettier";
import { configurationReference } from "./configurationReference";
import { readFlags } from "./readFlags.mjs";

const file = path.join(__dirname, "../docs/configuration.md");

async function main(): Promise<void> {
  readFlags("Usage: npm run docs:configuration");
  await writeFile(file, await format(configurationReference(), { ...(await resolveConfig(file)), parser: "markdown" }));
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
