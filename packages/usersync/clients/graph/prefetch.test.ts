import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { prefetchInOrder } from "./prefetch";

async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of stream) found.push(one);
  return found;
}

/** Creates streams that record when they are opened and closed and that differ in speed. */
function streams(contents: readonly (readonly number[])[], fails?: number) {
  const opened: number[] = [];
  const left: number[] = [];
  let underWay = 0;
  let most = 0;
  async function* open(at: number): AsyncGenerator<number> {
    opened.push(at);
    most = Math.max(most, ++underWay);
    try {
      for (let turn = 0; turn < (at * 7) % 5; turn++) await Promise.resolve();
      if (at === fails) throw new Error(`stream ${at} failed`);
      yield* contents[at]!;
    } finally {
      underWay--;
      left.push(at);
    }
  }
  return { open, opened, left, most: () => most, underWay: () => underWay };
}

describe("prefetchInOrder", () => {
  it("yields the same entries as reading the streams one after another", async () => {
    const contents = fc.array(fc.array(fc.integer(), { maxLength: 4 }), { maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(contents, fc.integer({ min: 1, max: 6 }), async (given, width) => {
        const { open, opened, left, most } = streams(given);
        const keys = given.map((_, at) => at);
        expect(await all(prefetchInOrder(keys, open, width))).toEqual(
          given.flatMap((list, at) => list.map((one) => [at, one])),
        );
        expect(opened).toEqual(keys);
        expect([...left].sort((a, b) => a - b)).toEqual(keys);
        expect(most()).toBeLessThanOrEqual(width);
      }),
    );
  });

  it("raises errors in stream order and closes every stream", async () => {
    const { open, underWay } = streams([[1], [2], [3], [4]], 1);
    const found: unknown[] = [];
    const read = async () => {
      for await (const pair of prefetchInOrder([0, 1, 2, 3], open)) found.push(pair);
    };
    await expect(read()).rejects.toThrow("stream 1 failed");
    expect(found).toEqual([[0, 1]]);
    expect(underWay()).toBe(0);
  });

  it("closes every stream when the consumer stops early", async () => {
    const { open, opened, underWay } = streams(Array.from({ length: 9 }, () => [1, 2]));
    for await (const pair of prefetchInOrder([0, 1, 2, 3, 4, 5, 6, 7, 8], open, 3)) {
      expect(pair).toEqual([0, 1]);
      break;
    }
    expect(opened).toEqual([0, 1, 2]);
    expect(underWay()).toBe(0);
  });
});
