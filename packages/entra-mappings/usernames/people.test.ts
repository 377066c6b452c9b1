import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compile } from "../expression/compile";
import { type PeopleMode, peopleWriter } from "./people";
import { renderCsv } from "./render/csv";
import { renderHtml } from "./render/html";
import { renderMarkdown } from "./render/markdown";
import { renderTable } from "./render/table";
import { createReport } from "./report";
import type { UsernameReport } from "./reportTypes";
import type { DirectoryUser } from "./user";

const key = "0123456789abcdef0123456789abcdef";
const localPart = 'Replace([userPrincipalName], , "@.*", , "", , )';

function report(users: readonly DirectoryUser[], mode: PeopleMode, secret = key): UsernameReport {
  const made = createReport({
    mapping: compile(localPart),
    currentExpression: compile("[mailNickname]"),
    domains: ["corp.example"],
    alwaysInclude: () => true,
    people: peopleWriter(mode, secret),
  });
  users.forEach((user, index) => made.add(user, index % 7 === 6 ? "nested group" : undefined));
  made.addNestedGroup({ name: "nested group", parent: "assigned group" });
  return made.finish();
}

/** Every text that a report becomes. */
const renderings = (of: UsernameReport): Record<string, string> => ({
  table: renderTable(of),
  markdown: renderMarkdown(of),
  html: renderHtml(of),
  csv: renderCsv(of),
  json: JSON.stringify(of),
});

/** A word that no rendering contains by chance: no text of the product has the letters "zqxj". */
const word = fc.stringMatching(/^zqxj[a-z0-9]{6}$/);
const pick = <T>(...values: T[]) => fc.constantFrom(...values);
const user = fc.record({
  local: fc.tuple(word, pick("", ".x", "ü", " y", "'"), pick(false, true)).map(([a, b, upper]) => {
    return upper ? (a + b).toUpperCase() : a + b;
  }),
  domain: pick("corp.example", "other.example", "zqxjtenant.example#EXT#@corp.example"),
  mail: fc.option(word),
  displayName: word,
  mailNickname: fc.option(word),
  accountEnabled: pick(true, true, false),
});
type Generated = typeof user extends fc.Arbitrary<infer T> ? T : never;
const directoryUser = ({ local, domain, mail, ...others }: Generated): DirectoryUser => ({
  ...others,
  userPrincipalName: `${local}@${domain}`,
  mail: mail === null ? null : `${mail}@${domain}`,
});
// A few users twice, so that names collide and users repeat.
const users = fc
  .array(user, { minLength: 1, maxLength: 12 })
  .map((made) => [
    ...made,
    ...made.slice(0, 2).map((one) => ({ ...one, domain: "second.example" })),
    ...made.slice(0, 1),
  ])
  .map((made) => made.map(directoryUser));

describe.each(["counts", "pseudonyms"] as const)("people: %s", (mode) => {
  it("shows no principal name, address, display name or user name in any format", () => {
    fc.assert(
      fc.property(users, (made) => {
        for (const [format, text] of Object.entries(renderings(report(made, mode)))) {
          expect(text.toLowerCase(), format).not.toContain("zqxj");
        }
      }),
    );
  });

  it("counts the same as with names", () => {
    fc.assert(
      fc.property(users, (made) => {
        expect(report(made, mode).totals).toEqual(report(made, "names").totals);
      }),
    );
  });
});

it("the same words occur with names, so that the search finds them", () => {
  const found = renderings(report([directoryUser(fc.sample(user, { numRuns: 1, seed: 1 })[0] as Generated)], "names"));
  for (const text of Object.values(found)) expect(text.toLowerCase()).toContain("zqxj");
});

describe("pseudonyms", () => {
  const made = [1, 2, 3].map((n) => ({ userPrincipalName: `user${n}@corp.example`, mailNickname: `u${n}` }));

  it("are the same in each run with the same key, and differ with another key", () => {
    const labels = (secret: string) => report(made, "pseudonyms", secret).users.map((row) => row.user);
    expect(labels(key)).toEqual(labels(key));
    expect(new Set([...labels(key), ...labels(`${key}0`)]).size).toBe(6);
    for (const label of labels(key)) expect(label).toMatch(/^user-[0-9a-f]{16}$/);
  });

  it("ignore case, as SCIM does, and separate users from names", () => {
    const { user, name } = peopleWriter("pseudonyms", key);
    expect(name("Bill")).toBe(name("bill"));
    expect(user({ userPrincipalName: "Bill" })).toBe(user({ userPrincipalName: "bill" }));
    expect(name("bill").slice(5)).not.toBe(user({ userPrincipalName: "bill" }).slice(5));
  });

  it("link the users of a collision and the names of a rename", () => {
    const pair = ["a", "b"].map((domain) => ({ userPrincipalName: `bill@${domain}.example`, mailNickname: domain }));
    const { collisions, users: rows } = report(pair, "pseudonyms");
    const { user, name } = peopleWriter("pseudonyms", key);
    expect(collisions).toMatchObject([{ name: name("bill"), users: pair.map((one) => ({ user: user(one) })) }]);
    expect(new Set(rows.map((row) => row.before))).toEqual(new Set([name("a"), name("b")]));
  });

  it("require a key that cannot be guessed", () => {
    expect(() => peopleWriter("pseudonyms")).toThrow(RangeError);
    expect(() => peopleWriter("pseudonyms", "short")).toThrow(RangeError);
  });
});

it("counts lists groups, which are no persons", () => {
  expect(report([], "counts").nestedGroups).toEqual([{ name: "nested group", parent: "assigned group" }]);
});
