import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compile } from "../expression/compile";
import { ReportBuilder, type ReportBuilderOptions } from "./reportBuilder";
import { createReport } from "./report";
import type { DirectoryUser } from "./user";

const local = fc.constantFrom("bill", "Bill", "ada", "root", "o'brien", "zoë", "x.y", "-", "s".repeat(40));
const users = fc.record(
  {
    userPrincipalName: fc.tuple(local, fc.constantFrom("a.example", "b.example")).map((parts) => parts.join("@")),
    mail: fc.option(local.map((name) => `${name}@a.example`)),
    mailNickname: local,
    displayName: fc.string({ unit: "grapheme", maxLength: 5 }),
    accountEnabled: fc.boolean(),
  },
  { requiredKeys: ["userPrincipalName"] },
) as fc.Arbitrary<DirectoryUser>;

describe("ReportBuilder", () => {
  it("builds the same report from parts as from all users at once, even with outdated detail quotas", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(users, { maxLength: 12 }), { maxLength: 6 }),
        fc.integer({ min: 0, max: 4 }),
        fc.boolean(),
        (parts, maxDetails, comparing) => {
          const options: ReportBuilderOptions = {
            mapping: compile('Replace([userPrincipalName], , "@.*", , "", , )'),
            ...(comparing ? { currentExpression: compile("[mailNickname]") } : {}),
            domains: ["a.example"],
            maxDetails,
            alwaysInclude: (user) => user.displayName === "a",
          };
          const whole = createReport(options);
          for (const user of parts.flat()) whole.add(user);

          const together = createReport(options);
          // Quotas are read before earlier parts are appended, as by threads that work ahead.
          const rooms = [together.quota(), together.quota()];
          const elsewhere = new ReportBuilder(options);
          for (const part of parts) {
            elsewhere.limit(rooms.shift() ?? together.quota());
            for (const user of part) elsewhere.add(user);
            // structuredClone: threads exchange plain data only.
            together.append(structuredClone(elsewhere.take()));
            rooms.push(together.quota());
          }
          expect(together.count).toBe(whole.count);
          expect(together.finish()).toEqual(whole.finish());
        },
      ),
      { numRuns: 500 },
    );
  });

  it("returns no more user details than the quota allows", () => {
    const report = createReport({ mapping: compile("[userPrincipalName]"), maxDetails: 3 });
    for (let n = 0; n < 3; n++) report.add({ userPrincipalName: `a${n}` });
    const elsewhere = new ReportBuilder({ mapping: compile("[userPrincipalName]"), maxDetails: 3 });
    elsewhere.limit(report.quota());
    for (let n = 0; n < 3; n++) elsewhere.add({ userPrincipalName: `b${n}` });
    expect(elsewhere.take().kept).toEqual([]);
  });
});
