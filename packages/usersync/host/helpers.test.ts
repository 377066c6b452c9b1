import { describe, expect, it } from "vitest";

import { diffInputs } from "./diff";
import { formatPath, topLevel } from "./paths";
import { UNKNOWN } from "./types";

describe("formatPath", () => {
  it.each([
    [["mappings", "userName", "expression"], "mappings.userName.expression"],
    [["mappings", "name.givenName", "source"], 'mappings["name.givenName"].source'],
    [["mappings", 'emails[type eq "work"].value'], 'mappings["emails[type eq \\"work\\"].value"]'],
    [["domains", 0], "domains[0]"],
    [["a.b", "c"], '["a.b"].c'],
  ])("formats %j as %s and topLevel returns its first segment", (segments, path) => {
    expect(formatPath(segments)).toBe(path);
    expect(topLevel(path)).toBe(segments[0]);
  });
});

describe("diffInputs", () => {
  it("reports added, updated and deleted properties at every depth", () => {
    const olds = { a: { b: "1", c: "2" }, list: ["x"], gone: true, same: [1] };
    const news = { a: { b: "1", c: "3", d: null }, list: ["x", "y"], same: [1], more: 1 };
    expect(diffInputs(olds, news).changes).toEqual({
      "a.c": "update",
      "list[1]": "add",
      gone: "delete",
      more: "add",
    });
  });

  it("replaces the resource when a listed property changes, also to an unknown value", () => {
    const { changes } = diffInputs({ id: "1", a: 1 }, { id: UNKNOWN, a: UNKNOWN }, { replaceOn: ["id"] });
    expect(changes).toEqual({ id: "update-replace", a: "update" });
  });

  it("ignores values that the handler declares equivalent", () => {
    const areEqual = (path: readonly (string | number)[], a: unknown, b: unknown) =>
      path[0] === "text" && String(a).toLowerCase() === String(b).toLowerCase();
    expect(diffInputs({ text: "A", other: "A" }, { text: "a", other: "a" }, { areEqual }).changes).toEqual({
      other: "update",
    });
  });
});
