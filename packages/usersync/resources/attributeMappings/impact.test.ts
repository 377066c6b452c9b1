import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { peopleWriter, presets, type DirectoryUser, type PersonText } from "entra-mappings";
import type { PropertyMap } from "../../host/types";
import { ImpactCounter, type Impact } from "./impact";
import { exceeds, limitViolations, warnings } from "./limits";

const email = 'emails[type eq "work"].value';
const usual: PropertyMap = {
  userName: { expression: presets["upn-local-part"].expression, matchingPriority: 1 },
  active: { expression: "Not([IsSoftDeleted])" },
  [email]: { source: "mail" },
};
const person = (name: string, more: Partial<DirectoryUser> = {}): DirectoryUser => {
  const userPrincipalName = `${name}@corp.com`;
  return { id: name, userPrincipalName, mail: userPrincipalName, accountEnabled: true, ...more };
};
const allUsers = [person("ada.lovelace"), person("alan.turing"), person("zoe"), person("no.mail", { mail: null })];

function impactOf(
  change: PropertyMap,
  users: readonly DirectoryUser[] = allUsers,
  before = usual,
  people = peopleWriter(),
): Impact {
  const after = Object.fromEntries(Object.entries({ ...before, ...change }).filter(([, value]) => value !== undefined));
  const counter = new ImpactCounter(before, after, people);
  for (const user of users) counter.add(user);
  return counter.finish();
}

describe("ImpactCounter", () => {
  it("finds no effect of equivalent mappings", () => {
    const respaced = { expression: presets["upn-local-part"].expression.replaceAll(",", " , "), matchingPriority: 1 };
    expect(impactOf({ userName: respaced })).toEqual({ users: 4, lists: true, renamed: [], lockedOut: [] });
  });

  it("lists renamed users", () => {
    const { renamed, lockedOut } = impactOf({
      userName: { expression: presets["local-part-without-dots"].expression },
    });
    expect(renamed).toEqual([
      { user: "ada.lovelace@corp.com", before: "ada.lovelace", after: "adalovelace" },
      { user: "alan.turing@corp.com", before: "alan.turing", after: "alanturing" },
      { user: "no.mail@corp.com", before: "no.mail", after: "nomail" },
    ]);
    expect(lockedOut).toEqual([]);
  });

  it.each<[string, PropertyMap, [string, string][]]>([
    [
      "an attribute that only some users have",
      { userName: { source: "mailNickname" } },
      [
        ["ada.lovelace", "gets no user name"],
        ["alan.turing", "gets no user name"],
        ["zoe", "gets no user name"],
      ],
    ],
    [
      "complete addresses as names",
      { userName: { source: "userPrincipalName" } },
      [
        ["ada.lovelace", 'gets a user name that hosts reject: "ada.lovelace@corp.com"'],
        ["alan.turing", 'gets a user name that hosts reject: "alan.turing@corp.com"'],
        ["zoe", 'gets a user name that hosts reject: "zoe@corp.com"'],
      ],
    ],
    [
      "the same name for several users",
      { userName: { expression: "Mid([userPrincipalName], 1, 1)" } },
      [["alan.turing", "shares the user name a with another user"]],
    ],
    [
      "no email",
      { [email]: undefined },
      [
        ["ada.lovelace", "gets no email"],
        ["alan.turing", "gets no email"],
        ["zoe", "gets no email"],
      ],
    ],
    [
      "an active that is never true",
      { active: { constant: "False" } },
      [
        ["ada.lovelace", "is not active"],
        ["alan.turing", "is not active"],
        ["zoe", "is not active"],
      ],
    ],
    [
      "a default that equals another user's name",
      { userName: { source: "mailNickname", default: "zoe" } },
      [
        ["alan.turing", "shares the user name zoe with another user"],
        ["zoe", "shares the user name zoe with another user"],
      ],
    ],
  ])("lists users locked out by %s", (_what, change, expected) => {
    const found = impactOf(change).lockedOut.map(({ user, why }) => [user.replace("@corp.com", ""), why]);
    expect(found).toEqual(expected);
  });

  it("ignores users who cannot log in before the change and disabled users", () => {
    const users = [person("no.mail", { mail: null }), person("gone", { accountEnabled: false }), person("here")];
    const { users: all, lockedOut } = impactOf({ active: { constant: "False" } }, users);
    expect([all, lockedOut.map(({ user }) => user)]).toEqual([2, ["here@corp.com"]]);
  });

  it("ignores a name that users shared before the change", () => {
    const twins = [person("ada"), { ...person("ada"), id: "2", userPrincipalName: "ada@emea.corp.com" }];
    expect(impactOf({ [email]: { source: "userPrincipalName" } }, twins).lockedOut).toEqual([]);
  });

  it("finds no effect on any users without a change", () => {
    const anybody = fc.record({
      id: fc.uuid(),
      userPrincipalName: fc.emailAddress(),
      mail: fc.option(fc.emailAddress()),
      accountEnabled: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(anybody), (users) => {
        const impact = impactOf({}, users);
        expect([impact.renamed, impact.lockedOut]).toEqual([[], []]);
        expect(impact.users).toBe(users.filter((user) => user.accountEnabled).length);
      }),
    );
  });
});

describe("limits", () => {
  const { name } = peopleWriter();
  const user = (index: number): PersonText => name(`u${index}@x`);
  const impact = (renamed: number, lockedOut: number, of = 100): Impact => ({
    users: of,
    lists: true,
    renamed: Array.from({ length: renamed }, (_, index) => ({
      user: user(index),
      before: name("a"),
      after: name("b"),
    })),
    lockedOut: Array.from({ length: lockedOut }, (_, index) => ({ user: user(index), why: "gets no email" })),
  });
  const limits = { maxRenamedPercent: 10, maxLockedOutPercent: 10 };

  it("rejects more users than a limit allows, with the setting to change", () => {
    expect(limitViolations(impact(10, 10), limits)).toEqual([]);
    const failures = limitViolations(impact(11, 25), limits);
    expect(failures.map(({ property }) => property)).toEqual(["mappings.userName", "mappings"]);
    const [renamed, lockedOut] = failures.map(({ reason }) => [reason].flat().join("\n"));
    expect(renamed).toMatch(/^11 of 100 users get another name/);
    expect(renamed).toMatch(
      /exceeds maxRenamedPercent \(10 percent\); nothing was changed\. If the change is intended, set maxRenamedPercent \(safeguards\.maxRenamedPercent of the stack\) to 11 for this deployment\.$/,
    );
    expect(lockedOut).toMatch(/^25 of 100 users could no longer log in:\n {2}u0@x: gets no email\n/);
    expect(lockedOut).toContain("(safeguards.maxLockedOutPercent of the stack) to 25");
  });

  it("proposes a limit that allows the rejected change", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.nat({ max: 500 }), fc.nat({ max: 99 }), (all, some, percent) => {
        fc.pre(some <= all && exceeds(some, all, percent));
        const [failure] = limitViolations(impact(some, 0, all), { ...limits, maxRenamedPercent: percent });
        const allowed = Number(/to (\d+) for this deployment/.exec(String(failure?.reason))?.[1]);
        expect(limitViolations(impact(some, 0, all), { ...limits, maxRenamedPercent: allowed })).toEqual([]);
      }),
    );
  });

  it("rejects nothing at 100 and any affected user at 0", () => {
    expect(limitViolations(impact(100, 100), { maxRenamedPercent: 100, maxLockedOutPercent: 100 })).toEqual([]);
    expect(limitViolations(impact(1, 1, 1000), { maxRenamedPercent: 0, maxLockedOutPercent: 0 })).toHaveLength(2);
    expect(limitViolations(impact(0, 0), { maxRenamedPercent: 0, maxLockedOutPercent: 0 })).toEqual([]);
  });

  it("lists twenty users in a warning and counts the rest", () => {
    const lines = warnings(impact(25, 0)).flat();
    expect(lines[0]).toBe(
      "mappings.userName changes: 25 of 100 users get another name, and therefore a new account on every host:",
    );
    expect(lines[1]).toBe("  u0@x: a -> b");
    expect(lines.at(-1)).toBe("  and 5 more (25 in total)");
    expect(lines).toHaveLength(22);
  });
});

describe("messages about affected users", () => {
  const key = "0123456789abcdef0123456789abcdef";
  const word = fc.stringMatching(/^zqxj[a-z0-9]{6}$/);
  const users = fc.array(
    fc.record({
      id: word,
      userPrincipalName: word.map((name) => `${name}.x@corp.com`),
      mail: fc.option(word),
      displayName: word,
      mailNickname: fc.option(fc.tuple(word, fc.constantFrom("", " ", "ü")).map((parts) => parts.join(""))),
    }),
    { minLength: 1 },
  );
  const changes = fc.constantFrom<PropertyMap>(
    { userName: { source: "mailNickname" } },
    { userName: { source: "userPrincipalName" } },
    { userName: { expression: presets["local-part-without-dots"].expression } },
    { userName: { expression: "Left([mailNickname], 2)" } },
    { [email]: { source: "employeeId" } },
  );
  const textOf = (impact: Impact) =>
    JSON.stringify([warnings(impact), limitViolations(impact, { maxRenamedPercent: 0, maxLockedOutPercent: 0 })]);

  it.each(["counts", "pseudonyms"] as const)("name no user with people: %s, and count the same users", (mode) => {
    fc.assert(
      fc.property(users, changes, (made, change) => {
        const named = impactOf(change, made);
        const impact = impactOf(change, made, usual, peopleWriter(mode, key));
        const text = textOf(impact).toLowerCase();
        expect(text).not.toContain("zqxj");
        expect([impact.renamed.length, impact.lockedOut.length]).toEqual([
          named.renamed.length,
          named.lockedOut.length,
        ]);
      }),
    );
  });

  it("list pseudonyms, or only numbers", () => {
    const change = { userName: { expression: presets["local-part-without-dots"].expression } };
    const shown = (mode: "counts" | "pseudonyms") =>
      warnings(impactOf(change, allUsers, usual, peopleWriter(mode, key)));
    expect(shown("counts")).toEqual([
      ["mappings.userName changes: 3 of 4 users get another name, and therefore a new account on every host."],
    ]);
    expect(shown("pseudonyms")[0]?.slice(1)).toEqual(
      Array(3).fill(expect.stringMatching(/^ {2}user-[0-9a-f]{16}: name-[0-9a-f]{16} -> name-[0-9a-f]{16}$/)),
    );
  });
});
