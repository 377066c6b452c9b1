import fc from "fast-check";
import { expect, it } from "vitest";
import { inTurns } from "./inTurns";

it("does all, a few at a time, and keeps the order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(3), { maxLength: 40 }), fc.integer({ min: 1, max: 9 }), async (items, atOnce) => {
      let running = 0;
      let most = 0;
      const results = await inTurns(
        items,
        async (item) => {
          most = Math.max(most, ++running);
          for (let turn = 0; turn <= item; turn++) await Promise.resolve();
          running--;
          return item * 2;
        },
        atOnce,
      );
      expect(results).toEqual(items.map((item) => item * 2));
      expect(most).toBeLessThanOrEqual(atOnce);
    }),
  );
});

it("fails when one of them does", async () => {
  const work = (item: number) => (item === 2 ? Promise.reject(new Error("two")) : Promise.resolve(item));
  await expect(inTurns([1, 2, 3], work)).rejects.toThrow("two");
});
