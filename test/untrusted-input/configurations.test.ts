import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigurationError, readSettings, secretSettings } from "@smallstep-ssh/stack";
import { checkSettings } from "@smallstep-ssh/stack/testing";
import { untrustedStrings } from "entra-mappings/testing";
import { settings, withValue, type Setting } from "./paths";

const secret = "canary-of-a-secret";
const long = "x".repeat(1 << 20);

/** Values that every setting of a kind rejects, apart from the exceptions in `meant`. */
const wrongFor: Readonly<Record<string, readonly unknown[]>> = {
  string: [
    "",
    7,
    true,
    null,
    [],
    {},
    ["a"],
    { a: 1 },
    "a\u0000b",
    "a\nb",
    "\u001b[31m",
    "\ud800",
    "a\u202eb",
    `${long}\u0000`,
    1e21,
  ],
  int: ["", "7", -1, 0, 1.5, Number.NaN, Infinity, null, [], {}, true, 1e300, long],
  number: ["", "7", -1, 0, 1.5, Number.NaN, Infinity, null, [], {}, true, 1e300, long],
  boolean: ["", "true", 0, 1, null, [], {}, long],
  enum: ["", "nonsense", 0, null, [], {}, long, "a\u202eb", "__proto__"],
  array: ["", "a", 7, null, [], {}, [[]], [null], [long]],
  object: ["", "a", 7, true, null, [], long],
  record: ["", "a", 7, true, null, [], long],
  union: [
    "",
    "a",
    7,
    null,
    [],
    {},
    { create: "" },
    { create: "a", existing: { displayName: "b" } },
    { create: long },
    { existing: { objectId: "x" } },
    { x: 1 },
  ],
};

function problemsOf(input: unknown): readonly string[] {
  try {
    checkSettings(input);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.problems;
  }
  return [];
}

/** Asserts that an error is one short line that names a key and contains no invisible characters or internal terms. */
function expectSentence(line: string): void {
  expect(line).toMatch(/^(?:[\w.-]+|\[\d+\]|\[".*?"\])+: \S/);
  expect(line.length).toBeLessThan(700);
  expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
  expect(line).not.toMatch(/TypeError|RangeError|\bat .*\.[jt]s:\d|node_modules|\[object|Invalid input|Invalid key/);
}

const cases: [name: string, setting: Setting, value: unknown][] = settings().flatMap((setting) =>
  (wrongFor[setting.kind] ?? []).map((value): [string, Setting, unknown] => [
    `${setting.key} ${truncate(value)}`,
    setting,
    value,
  ]),
);

/** Valid values of these settings that other settings of the same kind reject. */
const validValues = new Set([
  "kubernetes.adminToolsUser 0",
  "cutover.requiredUsers []",
  "safeguards.allowTeamRemoval []",
  "safeguards.maxRenamedPercent 0",
  "safeguards.maxLockedOutPercent 0",
  "checks.secretExpiryDays 0",
]);

function truncate(value: unknown): string {
  const text = typeof value === "number" ? String(value) : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 40)}... (${text.length})` : text;
}

describe("configuration check with malformed values", () => {
  it("covers every setting with at least 200 malformed configurations", () => {
    expect(cases.length).toBeGreaterThanOrEqual(200);
    expect(settings().filter(({ kind }) => wrongFor[kind] === undefined)).toEqual([]);
  });

  it("names the offending key in every rejection", () => {
    const failures: string[] = [];
    for (const [name, { path, key }, value] of cases) {
      if (validValues.has(name)) continue;
      const problems = problemsOf(withValue(path, value));
      problems.forEach(expectSentence);
      const top = path[0] as string;
      // An invalid section can be reported key by key. A group is a union, so it is reported as a whole.
      const named = problems.some((line) => line.startsWith(key) || (top === "groups" && line.startsWith("groups[0]")));
      if (!named) failures.push(`${name}: ${problems.join("; ") || "was accepted"}`);
    }
    expect(failures).toEqual([]);
  });

  it("reports every unknown key even if its name is an untrusted string", () => {
    const sections = settings().filter(({ kind }) => kind === "object");
    for (const { path } of [{ path: [] }, ...sections]) {
      for (const { text } of untrustedStrings) {
        const problems = problemsOf(withValue([...path, text], secret));
        problems.forEach(expectSentence);
        expect(problems.join("\n")).toContain("is not a setting");
        expect(problems.join("\n")).not.toContain(secret);
      }
    }
  });

  it("rejects target attributes with invalid names", () => {
    for (const name of ["", "a\nb", "\u202e", "x".repeat(300), "\ud800"]) {
      const problems = problemsOf(withValue(["mapping", "additionalMappings", name], { source: "mail" }));
      problems.forEach(expectSentence);
      expect(problems.join("\n"), JSON.stringify(name)).toMatch(/^mapping\.additionalMappings\[".*"\]: /);
    }
  });

  it("rejects a value that is not JSON and does not repeat it", () => {
    for (const name of ["database", "scim", "oidc", "groups"]) {
      for (const value of [`{"password":"${secret}"`, secret, `${secret}\n`, "", "'a'", "{a: 1}"]) {
        expect(() => readSettings({ [`p:${name}`]: value }, "p")).toThrow(ConfigurationError);
        expect(() => readSettings({ [`p:${name}`]: value }, "p")).not.toThrow(secret);
      }
    }
    expect(Object.hasOwn(readSettings({ "p:__proto__": "x" }, "p"), "__proto__")).toBe(true);
  });

  it("repeats no secret in an error", () => {
    const inUrl = [`https://user:${secret}@scim.example.com`, `https://scim.example.com/?token=${secret}`];
    for (const path of [
      ["scim", "baseUrl"],
      ["smallstep", "caUrl"],
    ]) {
      for (const url of [
        ...inUrl,
        `https://${secret}@scim.example.com`,
        `https://h/#${secret}`,
        `http://a:${secret}@h/b@c`,
      ]) {
        const problems = problemsOf(withValue(path, url));
        expect(problems, url).toHaveLength(1);
        expect(problems[0]).not.toContain(secret);
      }
    }
    for (const name of secretSettings) {
      for (const wrong of [
        `${secret}\n`,
        `${secret}\ud800`,
        `${secret}\u202e`,
        `${secret}${long}`,
        [secret],
        { a: secret },
      ]) {
        const problems = problemsOf(withValue(name.split("."), wrong));
        expect(problems.join("\n"), name).toContain(name);
        expect(problems.join("\n")).not.toContain(secret);
      }
    }
  });

  it("accepts or rejects values of any shape in any setting without an internal error", () => {
    const places = settings().map(({ path }) => path);
    const anything = fc.anything({ withNullPrototype: true, withBigInt: false, maxDepth: 3 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...places), anything), { minLength: 1, maxLength: 4 }),
        (changes) => {
          let input: Record<string, unknown> = {};
          for (const [path, value] of changes) input = { ...withValue(path, value), ...input };
          problemsOf(input).forEach(expectSentence);
        },
      ),
      { numRuns: 500 },
    );
  });
});
