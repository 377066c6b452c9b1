/** Generates docs/reference from the declarations of the plugin: `npm run docs:reference`. */
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { format, resolveConfig } from "prettier";
import { pluginReference } from "./pluginReference";
import { readFlags } from "./readFlags.mjs";

const folder = path.join(__dirname, "../docs/reference");

async function main(): Promise<void> {
  readFlags("Usage: npm run docs:reference");
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(pluginReference())) {
    const file = path.join(folder, name);
    await writeFile(file, await format(text, { ...(await resolveConfig(file)), parser: "markdown" }));
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
