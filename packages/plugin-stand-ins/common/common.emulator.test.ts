import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { UNKNOWN, type PropertyMap, type PropertyValue } from "@smallstep-ssh/usersync/host";
import { checkInputs, type Inputs } from "./inputs";
import { inputsFromState, planDiff } from "./diff";
import { isSame } from "./values";

const inputs: Inputs = {
  name: { type: "string", required: true },
  fixed: { type: "string", replaces: true },
  chosen: { type: "string", computed: true },
  on: { type: "boolean", default: true },
  owners: { type: "array" },
  steps: { type: "array", ordered: true },
  api: { type: "object" },
};

const value: fc.Arbitrary<PropertyValue> = fc.letrec<{ value: PropertyValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<PropertyValue>(null, "", "a", "b", 0, 1, true, false, UNKNOWN),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("x", "y"), tie("value"), { maxKeys: 2 }) as fc.Arbitrary<PropertyMap>,
  ),
})).value;

describe("isSame", () => {
  it("ignores only the order of sets and unset values", () => {
    fc.assert(
      fc.property(fc.array(value), value, (list, other) => {
        expect(isSame(list, [...list].reverse())).toBe(true);
        expect(isSame({ x: other }, { x: other, y: { z: [], on: false, text: "" } }, true)).toBe(true);
        expect(isSame(list, [...list, "new"])).toBe(false);
      }),
    );
    expect(isSame(["a", "b"], ["b", "a"], true)).toBe(false);
    expect(isSame(["a", "a", "b"], ["a", "b", "b"])).toBe(false);
    expect(isSame("a", UNKNOWN)).toBe(false);
  });
});

describe("planDiff", () => {
  const state = { name: "a", on: true, owners: ["1", "2"], chosen: "x", fixed: "f", api: { version: 1 } };
  const same = { name: "a", on: true, owners: ["2", "1"], fixed: "f", api: { version: 1, claims: false } };
  const plan = (news: PropertyMap, ignored: string[] = []) => planDiff(inputs, state, news, ignored).changes;

  it("plans no change for equivalent inputs", () => {
    expect(plan(same)).toEqual({});
  });

  it("lists differences by path and marks replacements", () => {
    expect(
      plan({ name: "b", on: false, owners: ["1", "3"], fixed: UNKNOWN, chosen: "y", api: { claims: true } }),
    ).toEqual({
      name: "update",
      on: "update",
      "owners[1]": "update",
      fixed: "update-replace",
      chosen: "update",
      "api.version": "delete",
      "api.claims": "add",
    });
    const { fixed: _fixed, owners: _owners, ...less } = same;
    expect(plan(less)).toEqual({ fixed: "delete-replace", owners: "delete" });
    expect(planDiff(inputs, { steps: [{ k: 1 }, { k: 2 }] }, { steps: [{ k: 2 }, { k: 1 }] }, []).changes).toEqual({
      "steps[0].k": "update",
      "steps[1].k": "update",
    });
    expect(planDiff(inputs, { on: false }, { on: true }, []).changes).toEqual({ on: "update" });
  });

  it("omits ignored properties from a plan", () => {
    expect(plan({ ...same, name: "b", owners: [] }, ["name", "owners"])).toEqual({});
    expect(plan({ ...same, owners: ["1", "3"] }, ["owners"])).toEqual({});
    expect(plan({ ...same, name: "b", fixed: "g" }, ["*"])).toEqual({});
  });
});

describe("resource inputs", () => {
  it("sets defaults and keeps unknown values", () => {
    const { inputs: checked, failures } = checkInputs(
      inputs,
      { name: UNKNOWN, owners: [UNKNOWN], api: null, __meta: "" },
      "it",
    );
    expect(failures).toEqual([]);
    expect(checked).toEqual({ name: UNKNOWN, on: true, owners: [UNKNOWN] });
  });

  it("reports all invalid inputs together", () => {
    const { failures } = checkInputs(inputs, { on: "yes", owners: "me", api: [], other: 1 }, "it");
    expect(failures.map(({ property, reason }) => `${property}: ${reason}`)).toEqual([
      "on: must be of type boolean.",
      "owners: must be of type array.",
      "api: must be of type object.",
      "other: is not an input that the stand-in for it supports.",
      "name: is required.",
    ]);
  });

  it("returns the previous inputs for a refresh and all set properties for an import", () => {
    const state = { name: "a", on: false, owners: ["2", "1"], chosen: "x", api: { version: 1 }, output: "o" };
    expect(inputsFromState(inputs, { name: "a", owners: ["1", "2"] }, state)).toEqual({
      name: "a",
      owners: ["1", "2"],
    });
    expect(inputsFromState(inputs, { name: "b", on: true }, state)).toEqual({ name: "a", on: false });
    expect(inputsFromState(inputs, {}, state)).toEqual({
      ...{ name: "a", on: false, owners: ["2", "1"], chosen: "x", api: { version: 1 } },
    });
  });
});
