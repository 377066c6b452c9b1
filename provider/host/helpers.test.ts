import { describe, expect, it } from "vitest";

import { diffInputs } from "./diff";
import { formatPath, topLevel } from "./paths";
import { Redactor } from "./secrets";
import { UNKNOWN } from "./types";

describe("formatPath", () => {
  it.each([
    [["mappings", "userName", "expression"], "mappings.userName.expression"],
    [["mappings", "name.givenName", "source"], 'mappings["name.givenName"].source'],
    [["mappings", 'emails[type eq "work"].value'], 'mappings["emails[type eq \\"work\\"].value"]'],
    [["domains", 0], "domains[0]"],
    [["a.b", "c"], '["a.b"].c'],
  ])("writes %j as %s, and finds the top level again", (segments, path) => {
    expect(formatPath(segments)).toBe(path);
    expect(topLevel(path)).toBe(segments[0]);
  });
});

describe("diffInputs", () => {
  it("names what was added, changed and removed, down to the property", () => {
    const olds = { a: { b: "1", c: "2" }, list: ["x"], gone: true, same: [1] };
    const news = { a: { b: "1", c: "3", d: null }, list: ["x", "y"], same: [1], more: 1 };
    expect(diffInputs(olds, news).changes).toEqual({
      "a.c": "update",
      "list[1]": "add",
      gone: "delete",
      more: "add",
    });
  });

  it("replaces on the properties named, an unknown new value included", () => {
    const { changes } = diffInputs({ id: "1", a: 1 }, { id: UNKNOWN, a: UNKNOWN }, { replaceOn: ["id"] });
    expect(changes).toEqual({ id: "update-replace", a: "update" });
  });

  it("lets the handler say what means the same", () => {
    const areEqual = (path: readonly (string | number)[], a: unknown, b: unknown) =>
      path[0] === "text" && String(a).toLowerCase() === String(b).toLowerCase();
    expect(diffInputs({ text: "A", other: "A" }, { text: "a", other: "a" }, { areEqual }).changes).toEqual({
      other: "update",
    });
  });
});

describe("Redactor", () => {
  it("strikes secrets as they are, in JSON, in URLs and in base64, the longest first", () => {
    const redactor = new Redactor();
    redactor.add('pa"ss word');
    redactor.add("pass");
    redactor.add("ab"); // too short to be told from a word
    const text = `pa"ss word / ${JSON.stringify('pa"ss word')} / ${encodeURIComponent('pa"ss word')} / pass / ab`;
    expect(redactor.redact(`${text} / ${Buffer.from('pa"ss word').toString("base64")}`)).toBe(
      '[secret] / "[secret]" / [secret] / [secret] / ab / [secret]',
    );
  });
});
