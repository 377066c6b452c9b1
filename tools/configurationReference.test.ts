import { readFile } from "node:fs/promises";
import path from "node:path";
import { format, resolveConfig } from "prettier";
import { expect, it } from "vitest";
import { configurationReference } from "./configurationReference";

it("generates exactly the committed docs/configuration.md", async () => {
  const file = path.join(__dirname, "../docs/configuration.md");
  const wanted = await format(configurationReference(), { ...(await resolveConfig(file)), parser: "markdown" });
  expect(await readFile(file, "utf8"), "run `npm run docs:configuration`").toBe(wanted);
});

it("describes the meaning and the type of every setting", () => {
  const rows = configurationReference()
    .split("\n")
    .filter((line) => line.startsWith("| `"));
  expect(rows.length).toBeGreaterThan(40);
  expect(rows.filter((line) => / \| {2}\|$/.test(line) || /\| any /.test(line))).toEqual([]);
});
