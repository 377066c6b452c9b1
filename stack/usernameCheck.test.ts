import fc from "fast-check";
import { expect, it } from "vitest";
import { idleThreshold } from "./usernameCheck";

it("warns of a deletion threshold that would let everybody go, and proposes one that would not", () => {
  expect(idleThreshold(500, 62, 10)).toBe(
    "is 500, and 62 people are provisioned: a cycle that disables all of them would not be held. " +
      "Set it to 6, for example",
  );
  expect(idleThreshold(500, 0, 10)).toBeUndefined();
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e6 }),
      fc.integer({ min: 2, max: 1e6 }),
      fc.nat({ max: 100 }),
      (threshold, people, percent) => {
        const warning = idleThreshold(threshold, people, percent);
        expect(warning === undefined).toBe(threshold < people);
        if (warning === undefined) return;
        const proposed = Number(/Set it to (\d+)/.exec(warning)?.[1]);
        expect(idleThreshold(proposed, people, percent)).toBeUndefined();
      },
    ),
  );
});
