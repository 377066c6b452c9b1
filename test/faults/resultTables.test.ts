import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { areasOf, documented, withFigures } from "./resultTables";

const text = readFileSync(path.join(__dirname, "../../docs/reliability.md"), "utf8");

it("reads the result table of every area in docs/reliability.md", () => {
  expect(areasOf(text).length).toBeGreaterThan(0);
  for (const area of areasOf(text)) {
    const figures = documented(area);
    expect(figures.rows.length).toBeGreaterThan(0);
    for (const row of figures.rows) {
      expect(row).toHaveLength(figures.columns.length);
      expect(typeof row[0]).toBe("string");
    }
  }
});

it("replaces only the table of the given area and rejects an unknown area", () => {
  const before = "a\n<!-- figures: x -->\nold\n<!-- end of figures -->\nb";
  const after = withFigures(before, "x", { columns: ["what", "cases"], rows: [["503", 3]] });
  expect(after).toBe(
    "a\n<!-- figures: x -->\n\n| what | cases |\n| --- | --- |\n| 503 | 3 |\n\n<!-- end of figures -->\nb",
  );
  expect(() => withFigures(before, "y", { columns: [], rows: [] })).toThrow('no section for the area "y"');
});
