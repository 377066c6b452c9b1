import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cut, truncateMarkdown } from "./truncateMarkdown";

const line = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 80 }).map((text) => text.replace(/[<\n]/g, "")),
  fc.constantFrom("<details>", "</details>", "| a | b |"),
);
const text = fc.array(line, { maxLength: 200 }).map((lines) => lines.join("\n"));
const count = (whole: string, part: string) => whole.split(part).length - 1;

describe("Markdown truncation", () => {
  it("truncates text between lines, within the limit, and adds a note", () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 4000, max: 8000 }), (given, maxLength) => {
        const result = cut(given, maxLength);
        expect(result.length).toBeLessThanOrEqual(maxLength);
        if (given.length <= maxLength) expect(result).toBe(given);
        else {
          expect(result).toContain("The rest is omitted");
          const kept = result.replace(/(\n\n<\/details>)*\n\n\*The rest[^]*$/, "");
          expect(given.startsWith(kept)).toBe(true);
        }
      }),
    );
  });

  it("closes every open details element when it truncates", () => {
    const folded = `<details>\n${"row\n".repeat(5000)}</details>\n`;
    const result = cut(folded, 1000);
    expect(count(result, "<details>")).toBe(count(result, "</details>"));
  });

  it("drops table rows before it truncates text", () => {
    const render = (rows: number) => `head\n${"row\n".repeat(Math.min(rows, 10_000))}`;
    expect(truncateMarkdown(render, 64_000)).toHaveLength("head\n".length + 10_000 * 4);
    expect(truncateMarkdown(render, 1000)).toBe(render(200));
    expect(truncateMarkdown(render, 20)).toContain("omitted");
  });
});
