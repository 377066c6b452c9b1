import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { limitConcurrency } from "./limitConcurrency";

describe("limitConcurrency", () => {
  it("starts all tasks in order within the concurrency limit, even when some fail", async () => {
    const work = fc.array(fc.record({ fails: fc.boolean(), ticks: fc.integer({ min: 1, max: 4 }) }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 6 }), work, async (width, pieces) => {
        const take = limitConcurrency(width);
        const startedAt: number[] = [];
        let running = 0;
        let most = 0;
        const all = pieces.map(({ fails, ticks }, index) =>
          take(async () => {
            startedAt.push(index);
            most = Math.max(most, ++running);
            for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
            running--;
            if (fails) throw new Error(String(index));
            return index;
          }),
        );
        expect(await Promise.allSettled(all)).toEqual(
          pieces.map(({ fails }, index) =>
            fails ? { status: "rejected", reason: new Error(String(index)) } : { status: "fulfilled", value: index },
          ),
        );
        expect(startedAt).toEqual(pieces.map((_, index) => index));
        expect(most).toBe(Math.min(width, pieces.length));
      }),
    );
  });
});
