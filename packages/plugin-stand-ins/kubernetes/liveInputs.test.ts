import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { liveInputs, withData } from "./liveInputs";

describe("liveInputs", () => {
  it("restores any stringData of a Secret from the data that the API stores", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.string({ unit: "grapheme" })), (stringData) => {
        const declared = { kind: "Secret", stringData };
        expect(liveInputs(declared, withData(declared))).toEqual(declared);
      }),
    );
  });

  it("returns only declared fields with their live values", () => {
    const declared = {
      metadata: { name: "x", labels: { ours: "1" } },
      data: { a: "1", gone: "2" },
      env: [{ value: "" }],
    };
    const live = {
      metadata: { name: "x", uid: "u", labels: { ours: "changed", theirs: "2" } },
      data: { a: "1", more: "3" },
      env: [{}],
      status: {},
    };
    expect(liveInputs(declared, live)).toEqual({
      metadata: { name: "x", labels: { ours: "changed" } },
      data: { a: "1" },
      env: [{ value: "" }],
    });
  });

  it("returns the complete live list when its length differs", () => {
    expect(liveInputs({ args: ["a", "b"] }, { args: ["a"] })).toEqual({ args: ["a"] });
  });
});
