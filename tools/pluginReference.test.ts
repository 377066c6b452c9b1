import { readFile } from "node:fs/promises";
import path from "node:path";
import { format, resolveConfig } from "prettier";
import { expect, it } from "vitest";
import { pluginReference } from "./pluginReference";

it.each(Object.entries(pluginReference()))("generates exactly the committed docs/reference/%s", async (name, text) => {
  const file = path.join(__dirname, "../docs/reference", name);
  const wanted = await format(text, { ...(await resolveConfig(file)), parser: "markdown" });
  expect(await readFile(file, "utf8"), "run `npm run docs:reference`").toBe(wanted);
});

it("describes every property", () => {
  const rows = Object.values(pluginReference()).flatMap((text) => text.match(/^\| `.*$/gm) ?? []);
  expect(rows.length).toBeGreaterThan(60);
  expect(rows.filter((row) => /\| {1,2}\|$/.test(row) || /^\| `\w+` \|\s*\|/.test(row))).toEqual([]);
});
