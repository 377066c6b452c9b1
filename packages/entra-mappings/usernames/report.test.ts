import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compile } from "../expression/compile";
import { kinds, type Kind } from "./findings";
import { createReport, type ReportOptions } from "./report";
import type { UsernameReport } from "./reportTypes";
import type { DirectoryUser } from "./user";

const localPart = compile('ToLower(Replace([userPrincipalName], , "(?<Suffix>@(.)*)", "Suffix", "", , ))');
const undotted = compile(
  'ToLower(Replace(Replace([userPrincipalName], , "(?<Suffix>@(.)*)", "Suffix", "", , ), ".", , ,"", , ))',
);

function person(userPrincipalName: string, more: Partial<DirectoryUser> = {}): DirectoryUser {
  return { userPrincipalName, mail: userPrincipalName, displayName: "Somebody", accountEnabled: true, ...more };
}

function reportOn(users: readonly DirectoryUser[], options: Partial<ReportOptions> = {}): UsernameReport {
  const report = createReport({ mapping: localPart, ...options });
  for (const user of users) report.add(user);
  return report.finish();
}

function kindsOf(report: UsernameReport): Record<string, Kind[]> {
  return Object.fromEntries(report.users.map(({ user, findings }) => [user, findings.map(({ kind }) => kind)]));
}

function reasonOf(report: UsernameReport, user: string, kind: Kind): string | undefined {
  return report.users.find((row) => row.user === user)?.findings.find((finding) => finding.kind === kind)?.reason;
}

describe("the user-name report", () => {
  it("lists users without problems with no findings", () => {
    const report = reportOn([person("bill@corp.example"), person("ada@corp.example")]);
    expect(report.totals).toMatchObject({ users: 2, clean: 2, withErrors: 0, grades: { safe: 2 } });
    expect(report.users).toEqual([
      {
        user: "ada@corp.example",
        displayName: "Somebody",
        mail: "ada@corp.example",
        name: "ada",
        grade: "safe",
        notes: [],
        findings: [],
      },
      expect.objectContaining({ user: "bill@corp.example", name: "bill", findings: [] }),
    ]);
  });

  it("reports each kind of problem with a reason", () => {
    const report = createReport({ mapping: localPart, domains: ["Corp.example"] });
    report.add(person("bill@corp.example"));
    report.add(person("Bill@sub.corp.example", { mail: "bill@corp.example" }));
    report.add(person("o'brien@corp.example"));
    report.add(person("root@corp.example"));
    report.add(person("nomail@corp.example", { mail: null }));
    report.add(person("emptymail@corp.example", { mail: "" }));
    report.add(person("elsewhere@corp.example", { mail: "elsewhere@other.example" }));
    report.add(person("b.gates@corp.example", { mail: "william.gates@corp.example" }));
    report.add(person("off@corp.example", { accountEnabled: false, mail: null }));
    report.add(person("ann_home.example#EXT#@corp.example", { mail: "ann@corp.example", userType: "Guest" }));
    report.add({ id: "f00", mail: "lost@corp.example" });
    report.add(person("deep@corp.example"), "contractors");
    const done = report.finish();
    expect(kindsOf(done)).toEqual({
      "bill@corp.example": ["collision"],
      "Bill@sub.corp.example": ["collision"],
      "o'brien@corp.example": ["invalid"],
      "root@corp.example": ["reserved"],
      "nomail@corp.example": ["noMail"],
      "emptymail@corp.example": ["noMail"],
      "elsewhere@corp.example": ["otherDomain"],
      "b.gates@corp.example": ["notPrincipal"],
      "off@corp.example": ["disabled"],
      "ann_home.example#EXT#@corp.example": ["guest"],
      f00: ["noName"],
      "deep@corp.example": ["nested"],
    });
    expect(done.collisions).toEqual([
      {
        name: "bill",
        users: [
          { user: "bill@corp.example", name: "bill" },
          { user: "Bill@sub.corp.example", name: "bill" },
        ],
        userCount: 2,
      },
    ]);
    expect(done.users.find(({ user }) => user.startsWith("ann_"))?.name).toBe("ann");
    expect(done.totals).toMatchObject({
      users: 12,
      clean: 0,
      withErrors: 9,
      withWarnings: 2,
      withNotes: 1,
      collisionNames: 1,
    });
    expect(reasonOf(done, "bill@corp.example", "collision")).toBe('"bill" is also the name of Bill@sub.corp.example.');
    expect(reasonOf(done, "o'brien@corp.example", "invalid")).toMatch(/it has "'".*useradd accepts it on Debian/);
    expect(reasonOf(done, "root@corp.example", "reserved")).toMatch(/^"root" is a system account on every Debian host/);
    expect(reasonOf(done, "elsewhere@corp.example", "otherDomain")).toMatch(/outside .*\(Corp\.example\)/);
    expect(reasonOf(done, "b.gates@corp.example", "notPrincipal")).toMatch(
      /"b\.gates" is not among .*\(williamgates, william\.gates, william\.gates@corp\.example\)/,
    );
    expect(reasonOf(done, "deep@corp.example", "nested")).toMatch(/"contractors"/);
  });

  it("limits every list and counts all its items", () => {
    const users = Array.from({ length: 6 }, (_, n) => person(`bill@d${n}.example`));
    const more = Array.from({ length: 4 }, (_, n) => person(`${n % 2 === 0 ? "ada" : "zoe"}@d${n}.example`));
    const report = reportOn([...users, ...more], { maxDetails: 1 });
    expect(report.collisions).toEqual([
      { name: "ada", users: [{ user: "ada@d0.example", name: "ada" }], userCount: 2 },
    ]);
    expect(report.totals.collisionNames).toBe(3);
    expect(reportOn(users, { maxDetails: 2 }).collisions[0]).toMatchObject({ users: [{}, {}], userCount: 6 });
    expect(report.usersLeftOut).toBe(9);
    expect(report.totals.findings.collision).toBe(10);
    expect(report.users[0]?.findings[0]?.reason).toMatch(/bill@d1\.example, .* and 2 more\.$/);
  });

  it("reports repeated rows of one user as duplicate entries, not as a collision", () => {
    const report = reportOn([person("bill@corp.example"), person("BILL@corp.example")]);
    expect(report.collisions).toEqual([]);
    expect(report.totals.findings).toMatchObject({ collision: 0, duplicateEntry: 2 });
  });

  it("reports a collision when names differ in case only", () => {
    const report = reportOn([person("Bill@a.example"), person("bill@b.example")], {
      mapping: compile('Replace([userPrincipalName], , "@.*", , "", , )'),
    });
    expect(report.collisions).toEqual([
      {
        name: "bill",
        users: [
          { user: "Bill@a.example", name: "Bill" },
          { user: "bill@b.example", name: "bill" },
        ],
        userCount: 2,
      },
    ]);
  });

  it("reports renamed users and reused names when mappings are compared", () => {
    const users = [person("bill.gates@corp.example"), person("ada@corp.example"), person("billgates@corp.example")];
    const report = reportOn(users, { mapping: undotted, currentExpression: localPart });
    expect(report.compared).toBe(true);
    expect(report.totals.findings).toMatchObject({ renamed: 1, nameReuse: 1, collision: 2 });
    expect(reasonOf(report, "bill.gates@corp.example", "renamed")).toMatch(/from "bill\.gates" to "billgates"/);
    expect(reasonOf(report, "bill.gates@corp.example", "nameReuse")).toMatch(
      /the name of billgates@corp\.example under the current mapping/,
    );
    expect(report.users.find(({ user }) => user === "ada@corp.example")).toMatchObject({ name: "ada", before: "ada" });
  });

  it("reports name reuse when two users swap names", () => {
    const swap = compile('Switch([userPrincipalName], "none", "a@x", "two", "b@x", "one")');
    const now = compile('Switch([userPrincipalName], "none", "a@x", "one", "b@x", "two")');
    const report = reportOn([person("a@x"), person("b@x")], { mapping: swap, currentExpression: now });
    expect(report.totals.findings).toMatchObject({ renamed: 2, nameReuse: 2, collision: 0 });
  });

  it("reports why the mapping fails for one user and continues with the next", () => {
    const report = reportOn([person("a@x", { hired: "not a date" }), person("b@x", { hired: "2020-03-16-07:00" })], {
      mapping: compile("CDate([hired])"),
    });
    expect(report.totals.findings.evaluationFailed).toBe(1);
    expect(reasonOf(report, "a@x", "evaluationFailed")).toMatch(/^The evaluation of the mapping failed: .*CDate/);
  });

  it("reads the email address from the configured expression", () => {
    const report = reportOn([person("ada@corp.example", { mail: null, otherMail: "ada@corp.example" })], {
      email: compile("Coalesce([mail], [otherMail])"),
    });
    expect(report.totals.clean).toBe(1);
  });

  it("rejects a user after the report is finished", () => {
    const report = createReport({ mapping: localPart });
    report.finish();
    expect(() => report.add(person("a@x"))).toThrow(/finished/);
  });
});

describe("report totals", () => {
  const local = fc.constantFrom("bill", "Bill", "b.gates", "root", "o'brien", "ü", "123", "ann", "bob", "-x", "");
  const user: fc.Arbitrary<[DirectoryUser, string | undefined]> = fc.tuple(
    fc.record({
      userPrincipalName: fc.oneof(
        fc.constant(null),
        fc.tuple(local, fc.constantFrom("a", "b", "c")).map(([local, domain]) => `${local}@${domain}.example`),
        fc.string().map((text) => `${text}#EXT#@a.example`),
      ),
      id: fc.uuid(),
      mail: fc.oneof(
        fc.constant(null),
        fc.constant(""),
        fc.emailAddress(),
        local.map((l) => `${l}@a.example`),
      ),
      accountEnabled: fc.boolean(),
      userType: fc.constantFrom("Member", "Guest", null),
    }),
    fc.constantFrom(undefined, undefined, undefined, "nested"),
  );
  const options: ReportOptions = {
    mapping: localPart,
    currentExpression: undotted,
    domains: ["a.example"],
    maxDetails: 3,
  };
  const run = (users: readonly [DirectoryUser, string | undefined][], more: Partial<ReportOptions> = {}) => {
    const report = createReport({ ...options, ...more });
    for (const [one, nestedIn] of users) report.add(one, nestedIn);
    return report.finish();
  };

  it("totals add up to the number of users for any input", () => {
    fc.assert(
      fc.property(fc.array(user, { maxLength: 60 }), (users) => {
        const report = run(users, { maxDetails: Infinity });
        const { totals } = report;
        expect(totals.users).toBe(users.length);
        expect(totals.clean + totals.withErrors + totals.withWarnings + totals.withNotes).toBe(users.length);
        expect(Object.values(totals.grades).reduce((a, b) => a + b)).toBe(users.length);
        expect(totals.collisionNames).toBe(report.collisions.length);
        expect(report.usersLeftOut).toBe(0);
        const members = report.collisions.reduce((sum, { userCount }) => sum + userCount, 0);
        // A collision lists users; the totals count rows.
        expect(members).toBeLessThanOrEqual(totals.findings.collision);
        if (totals.findings.duplicateEntry === 0) expect(members).toBe(totals.findings.collision);
        for (const kind of kinds) {
          const users = report.users.filter(({ findings }) => findings.some((finding) => finding.kind === kind));
          expect(users.length).toBe(totals.findings[kind]);
        }
        expect(report.users.filter(({ findings }) => findings.length === 0).length).toBe(totals.clean);
        for (const { findings } of report.users) {
          for (const { reason } of findings) expect(reason).not.toMatch(/undefined|null|NaN/);
        }
        expect(JSON.parse(JSON.stringify(report))).toEqual(report);
      }),
    );
  });

  it("totals do not depend on the detail limit or the order of users", () => {
    fc.assert(
      fc.property(
        fc
          .array(user, { maxLength: 40 })
          .chain((users) => fc.tuple(fc.constant(users), fc.shuffledSubarray(users, { minLength: users.length }))),
        ([users, shuffled]) => {
          const report = run(users);
          const other = run(shuffled, { maxDetails: Infinity });
          expect(other.totals).toEqual(report.totals);
          expect(other.collisions.slice(0, 3).map(({ name, userCount }) => [name, userCount])).toEqual(
            report.collisions.map(({ name, userCount }) => [name, userCount]),
          );
        },
      ),
    );
  });

  it("collisions contain exactly the names that several users have when case is ignored", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(local, fc.nat(50)), { selector: String, maxLength: 60 }), (pairs) => {
        const users = pairs.map(([local, n]) => person(`${local}@d${n}.example`));
        const groups = new Map<string, Set<string>>();
        for (const [local, n] of pairs) {
          if (local === "") continue;
          const key = local.toLowerCase();
          groups.set(key, (groups.get(key) ?? new Set()).add(`${key}@d${n}.example`));
        }
        const expected = [...groups].filter(([, members]) => members.size > 1).map(([name]) => name);
        const report = reportOn(users, { mapping: compile('Replace([userPrincipalName], , "@.*", , "", , )') });
        expect(report.collisions.map(({ name }) => name)).toEqual(expected.sort());
      }),
    );
  });
});
