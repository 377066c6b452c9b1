import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { format, resolveConfig } from "prettier";
import { areasOf, readFigures, withFigures } from "./resultTables";

const file = path.join(__dirname, "../../docs/reliability.md");

/**
 * Writes the results of the last run into docs/reliability.md. An area that was not run keeps its table and is
 * reported.
 */
async function main(): Promise<void> {
  let text = readFileSync(file, "utf8");
  for (const area of areasOf(text)) {
    const figures = readFigures(area);
    if (figures === undefined) process.stderr.write(`${area}: not run, table unchanged\n`);
    else text = withFigures(text, area, figures);
  }
  writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
