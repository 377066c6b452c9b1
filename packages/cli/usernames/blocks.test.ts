import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blocks, csvRecordEnd, lineEnd, longestRecord, type RecordEnd } from "./blocks";

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function cut(bytes: Buffer, size: number, recordEnd: RecordEnd): Promise<Buffer[]> {
  const found: Buffer[] = [];
  for await (const block of blocks(chunksOf(bytes, size), recordEnd)) found.push(block);
  return found;
}

describe("blocks", () => {
  it("splits input into blocks that contain every byte once and end at line ends", async () => {
    const lines = Array.from({ length: 60_000 }, (_, n) => `${"zoë".repeat(n % 23)}${n}\n`).join("");
    const bytes = Buffer.from(`${lines}without an end`);
    for (const size of [64 * 1024 - 1, 300_000, 3_000_000]) {
      const found = await cut(bytes, size, lineEnd);
      expect(found.length).toBeGreaterThan(1);
      expect(Buffer.concat(found).equals(bytes)).toBe(true);
      for (const block of found.slice(0, -1)) expect(block.at(-1)).toBe(10);
    }
  });

  it("allocates separate memory for each block, so that a block can be transferred to a thread", async () => {
    const found = await cut(Buffer.from("x\n".repeat(2_000_000)), 500_000, lineEnd);
    expect(new Set(found.map((block) => block.buffer)).size).toBe(found.length);
  });

  it("limits the size of a block when the input has no line end", async () => {
    const found = await cut(Buffer.alloc(20_000_000, "x"), 1_000_000, lineEnd);
    for (const block of found) expect(block.length).toBeLessThan(longestRecord + 1_000_001);
  });

  it("keeps a CSV record with quoted line breaks in one block", async () => {
    const record = `"a ""b"" c\n${"d\n".repeat(40)}",e\n`;
    const found = await cut(Buffer.from(record.repeat(30_000)), 100_001, csvRecordEnd);
    expect(found.length).toBeGreaterThan(1);
    for (const block of found) expect(block.toString()).toMatch(/^"a[^]*",e\n$/);
  });

  it("ends a CSV block after the last line feed with an even number of quotes before it", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', "\n", "a", ",") }), (text) => {
        let end = 0;
        for (let at = 0; at < text.length; at++) {
          if (text[at] === "\n" && text.slice(0, at).split('"').length % 2 === 1) end = at + 1;
        }
        expect(csvRecordEnd(Buffer.from(text))).toBe(end);
      }),
      { numRuns: 1000 },
    );
  });
});
