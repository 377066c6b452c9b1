import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatPath } from "@smallstep-ssh/usersync/host";
import { formatCounts, readChanges, shortType } from "./changes";
import { changesTable, messageSections } from "./markdown";
import { mappingsType as type, diagnostic, step } from "../test/events";
import { pathParts, shownValue, valueAt } from "./values";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "hunter2" };

describe("readChanges", () => {
  it("returns each changed resource once, with the old and the new value of each property", () => {
    const old = {
      jobId: "j",
      mappings: { userName: { expression: "[a]" }, "name.givenName": { source: "givenName" } },
    };
    const now = { jobId: unknown, mappings: { userName: { source: "b" } } };
    const diff = {
      jobId: { diffKind: "update-replace", inputDiff: true },
      "mappings.userName.expression": { diffKind: "delete", inputDiff: true },
      "mappings.userName.source": { diffKind: "add", inputDiff: true },
      'mappings["name.givenName"].source': { diffKind: "delete", inputDiff: true },
    };
    const given = { type, name: "x", old, now, diff };
    const events = [
      step({ op: "refresh", type, name: "x", old, event: "resourcePreEvent" }),
      step({ op: "create-replacement", ...given, event: "resourcePreEvent" }),
      step({ op: "replace", ...given }),
      step({ op: "delete-replaced", type, name: "x", old }),
      step({ op: "same", type, name: "y", old, now: old }),
      step({ op: "same", type: "smallstep-ssh:components:UserProvisioning", name: "z", now: {}, custom: false }),
      step({ op: "create", type: "pulumi:providers:azuread", name: "azuread", now: {} }),
      step({ op: "create", type: "smallstep-ssh:components:UserProvisioning", name: "z", now: {}, custom: false }),
    ];
    const changes = readChanges(events);
    expect(changes.unchanged).toBe(1);
    expect(changes.resources.map(({ op, name }) => [op, name])).toEqual([["replace", "x"]]);
    expect(changes.resources[0]?.properties).toEqual([
      { path: "jobId", kind: "update", replaces: true, before: "j", after: "(known after the change)" },
      { path: "mappings.userName.expression", kind: "delete", replaces: false, before: "[a]" },
      { path: "mappings.userName.source", kind: "add", replaces: false, after: "b" },
      { path: 'mappings["name.givenName"].source', kind: "delete", replaces: false, before: "givenName" },
    ]);
  });

  it("returns property paths without values when the provider sends no detailed diff", () => {
    const given = { op: "update", type, name: "x", old: { a: 1 }, now: { a: 2 }, diffs: ["a"], keys: [] };
    expect(readChanges([step(given)]).resources[0]?.properties).toEqual([
      { path: "a", kind: "update", replaces: false },
    ]);
  });

  it("returns each warning and error once, and never returns debug messages, which contain secrets", () => {
    const about = { type, name: "x" };
    const { messages } = readChanges([
      diagnostic("debug", "RegisterResource RPC finished: PGPASSWORD,,,hunter2"),
      diagnostic("info", "fine"),
      diagnostic("warning", "<{%reset%}>The job is paused.<{%reset%}>\n", about),
      diagnostic("warning", "The job is paused.\n", about),
      diagnostic("error", "No.\n    at deploy (/repo/stack/index.ts:1:2)\n    at run (/repo/x.ts:3:4)\n"),
    ]);
    expect(messages).toEqual([
      { severity: "warning", text: "The job is paused.", about },
      { severity: "error", text: "No." },
    ]);
  });

  it("formats the number of changes per operation", () => {
    const changes = ["create", "update", "delete", "create", "import"].map((op, index) =>
      step({ op, type, name: `${index}`, now: {} }),
    );
    expect(formatCounts(readChanges(changes).resources)).toBe("2 to create, 1 to update, 1 to delete, 1 to import");
    expect(formatCounts([])).toBe("");
  });
});

it.each([
  ["usersync:entra:AttributeMappings", "usersync entra.AttributeMappings"],
  ["azuread:index/appRoleAssignment:AppRoleAssignment", "azuread AppRoleAssignment"],
  ["kubernetes:core/v1:Secret", "kubernetes Secret"],
  ["kubernetes:batch/v1:Job", "kubernetes batch/v1 Job"],
  ["pulumi:providers:azuread", "pulumi providers.azuread"],
  ["odd", "odd"],
])("shortens the type %s to %s", (given, shown) => expect(shortType(given)).toBe(shown));

describe("property values", () => {
  const key = fc.oneof(
    fc.string({ minLength: 1 }),
    fc.constantFrom("a.b", 'q"uo\\te', 'emails[type eq "work"].value', "__proto"),
  );
  it("reads a value by the property path that the plugin writes", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(key, fc.nat(5)), { minLength: 1, maxLength: 5 }), (path) => {
        fc.pre(typeof path[0] === "string");
        expect(pathParts(formatPath(path))).toEqual(path);
        const value = path.reduceRight<unknown>((inner, part) => ({ [part]: inner }), "found");
        expect(valueAt(value, formatPath(path))).toBe("found");
      }),
    );
  });

  it("masks secrets at every depth of a value", () => {
    expect(shownValue(secret)).toBe("[secret]");
    expect(shownValue({ credentials: [{ key: "a", value: secret }] })).toBe(
      '{"credentials":[{"key":"a","value":"[secret]"}]}',
    );
    expect(shownValue({ a: unknown })).toBe('{"a":"(known after the change)"}');
    expect(shownValue(undefined)).toBeUndefined();
    expect(shownValue(false)).toBe("false");
    expect(shownValue("x".repeat(400))).toHaveLength(303);
  });
});

describe("Markdown of changes", () => {
  it("lists deletions first, in an order that does not depend on the engine's", () => {
    const events = ["create", "update", "delete", "create"].map((op, index) =>
      step({
        op,
        type,
        name: `r${index}`,
        now: { displayName: `R | ${index}` },
        ...(op === "update" ? { diffs: ["a"] } : {}),
      }),
    );
    const table = changesTable(readChanges(events), Infinity);
    expect(table).toEqual(changesTable(readChanges([...events].reverse()), Infinity));
    expect(table.slice(2)).toEqual([
      "| **delete** | `r2` | usersync entra.AttributeMappings | `R \\| 2` |",
      "| update | `r1` | usersync entra.AttributeMappings | `a` |",
      "| create | `r0` | usersync entra.AttributeMappings | `R \\| 0` |",
      "| create | `r3` | usersync entra.AttributeMappings | `R \\| 3` |",
    ]);
    expect(changesTable(readChanges(events), 1).slice(-1)).toEqual(["... and 3 more."]);
  });

  it("escapes untrusted names, so that they cannot break a table, mention a user or inject markup", () => {
    const malicious = ["@everyone | <img src=x onerror=y> `code` [a](http://evil)", "a\nb", "</details><!--"];
    for (const name of malicious) {
      const diff = { a: { diffKind: "update", inputDiff: true } };
      const changed = step({ op: "update", type, name: "x", old: { a: name }, now: { a: name }, diff });
      const [, , row = ""] = changesTable(readChanges([changed]), Infinity);
      // Nothing of the name is outside code spans.
      const outside = row.replace(/(`+)(?!`)[^]*?(?<!`)\1(?!`)/g, "");
      expect(outside).not.toMatch(/[@<[\n]/);
      expect(row.match(/(?<!\\)\|/g)).toHaveLength(5);
    }
    const lines = messageSections(
      readChanges([diagnostic("error", "@all <b> [x](y)\n</details>")]).messages,
      Infinity,
    ).join("\n");
    expect(lines).not.toMatch(/@all|<b>|\[x\]|<\/details>/);
  });
});
