import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compile } from "../expression";
import { ReportBuilder, type GatheringOptions } from "./gathering";
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

describe("people gathered in parts", () => {
  it("make the same report as all at once, whatever the parts and however late their room was told", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(users, { maxLength: 12 }), { maxLength: 6 }),
        fc.integer({ min: 0, max: 4 }),
        fc.boolean(),
        (parts, maxDetails, comparing) => {
          const options: GatheringOptions = {
            mapping: compile('Replace([userPrincipalName], , "@.*", , "", , )'),
            ...(comparing ? { currentExpression: compile("[mailNickname]") } : {}),
            domains: ["a.example"],
            maxDetails,
            alwaysInclude: (user) => user.displayName === "a",
          };
          const whole = createReport(options);
          for (const user of parts.flat()) whole.add(user);

          const together = createReport(options);
          // Rooms are told before earlier parts are put in, as threads are that work ahead.
          const rooms = [together.room(), together.room()];
          const elsewhere = new ReportBuilder(options);
          for (const part of parts) {
            elsewhere.limit(rooms.shift() ?? together.room());
            for (const user of part) elsewhere.add(user);
            // What goes from thread to thread is plain data.
            together.append(structuredClone(elsewhere.take()));
            rooms.push(together.room());
          }
          expect(together.count).toBe(whole.count);
          expect(together.finish()).toEqual(whole.finish());
        },
      ),
      { numRuns: 500 },
    );
  });

  it("hand over no more details than there is room for", () => {
    const report = createReport({ mapping: compile("[userPrincipalName]"), maxDetails: 3 });
    for (let n = 0; n < 3; n++) report.add({ userPrincipalName: `a${n}` });
    const elsewhere = new ReportBuilder({ mapping: compile("[userPrincipalName]"), maxDetails: 3 });
    elsewhere.limit(report.room());
    for (let n = 0; n < 3; n++) elsewhere.add({ userPrincipalName: `b${n}` });
    expect(elsewhere.take().kept).toEqual([]);
  });
});
