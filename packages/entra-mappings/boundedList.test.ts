import { expect, it } from "vitest";
import { boundedList } from "./boundedList";

it("returns at most 20 entries of 300 characters and counts the others", () => {
  const names = Array.from({ length: 10_000 }, (_, index) => `group ${index}`);
  expect(boundedList(names.slice(0, 20))).toEqual(names.slice(0, 20));
  expect(boundedList(names)).toEqual([...names.slice(0, 20), "and 9980 more (10000 in total)"]);
  expect(boundedList(["x".repeat(300), "x".repeat(301)])).toEqual(["x".repeat(300), `${"x".repeat(297)}...`]);
  expect(boundedList(["a", "bc", "d"], { most: 2, maxLength: 4 })).toEqual(["a", "bc", "and 1 more (3 in total)"]);
});
