import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gradeOf, checkPosixName } from "./posix";
import { reservedReason } from "./reserved";

/** Debian 12: results of `useradd -P DIR -M -N -- NAME` from passwd 4.13+dfsg1-1+deb12u1. RHEL: the documented pattern. */
const names: [name: string, grade: "safe" | "accepted" | "refused", debian: boolean, reason?: RegExp][] = [
  ["bill", "safe", true],
  ["b-gates2", "safe", true],
  ["a".repeat(31), "safe", true],
  ["a".repeat(32), "accepted", true, /32 characters, and systemd's strict rule allows 31/],
  ["a".repeat(33), "refused", false, /33 characters, and useradd allows 32/],
  ["bill.gates", "accepted", true, /has a dot/],
  ["b_gates", "accepted", true, /underscore/],
  ["_bill", "accepted", true, /begins with an underscore/],
  ["Bill", "accepted", true, /upper-case letters/],
  [".bill", "accepted", true, /hides the home/],
  ["9bill", "accepted", true, /begins with a digit/],
  ["1-2", "accepted", true, /begins with a digit/],
  ["1.2", "accepted", true],
  ["...", "accepted", true],
  ["bill$", "accepted", true, /Samba/],
  ["123", "refused", true, /all digits/],
  [".", "refused", true, /directory/],
  ["..", "refused", true, /directory/],
  ["", "refused", false, /empty/],
  ["-bill", "refused", false, /option/],
  ["+bill", "refused", false, /"\+"/],
  ["~bill", "refused", false, /"~"/],
  ["a b", "refused", false, /" "/],
  ["a:b", "refused", false, /":"/],
  ["a,b", "refused", false, /","/],
  ["o'brien", "refused", true, /"'"/],
  ["müller", "refused", true, /"ü"/],
  ["日本", "refused", true, /"日", "本"/],
  ["bill@corp.example", "refused", true, /"@"/],
  ["$", "refused", true, /"\$"/],
  ["a$b", "refused", true, /"\$"/],
  ["a\u0001b", "refused", false],
  ["ü".repeat(17), "refused", false, /34 bytes/],
];

describe("checkPosixName", () => {
  it.each(names)("grades the name %j as %s", (name, grade, debian, reason) => {
    const verdict = checkPosixName(name);
    expect(verdict).toMatchObject({ grade, debian, rhel: grade !== "refused" });
    if (reason !== undefined) expect(verdict.reasons.join("; ")).toMatch(reason);
    expect(verdict.reasons.length === 0).toBe(grade === "safe");
  });

  it("grades any text as the documented patterns do", () => {
    const alphabet = fc.constantFrom(..."abzABZ019._-$ @:ü+~");
    fc.assert(
      fc.property(fc.array(alphabet, { maxLength: 34 }), (letters) => {
        const name = letters.join("");
        const rhel =
          /^[a-zA-Z0-9_.][a-zA-Z0-9_.-]{0,30}[a-zA-Z0-9_.$-]?$/.test(name) &&
          !/^(\.|\.\.|[0-9]+)$/.test(name) &&
          name.length <= 32;
        const safe = /^[a-z][a-z0-9-]{0,30}$/.test(name);
        expect(gradeOf(name)).toBe(safe ? "safe" : rhel ? "accepted" : "refused");
      }),
      { numRuns: 2000 },
    );
  });

  it("returns a reason for every rejected name", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (name) => {
        const verdict = checkPosixName(name);
        expect(verdict.grade === "refused").toBe(verdict.reasons.length > 0 && !verdict.rhel);
      }),
    );
  });
});

describe("reserved names", () => {
  it.each(["root", "ROOT", "www-data", "nobody", "systemd-network", "postgres", "sudo", "wheel", "ec2-user", "git"])(
    "reports %s as a reserved name",
    (name) => expect(reservedReason(name)).toBeTypeOf("string"),
  );
  it.each(["bill", "roots", "systemd", "constructor", "__proto__"])("does not report %s as a reserved name", (name) =>
    expect(reservedReason(name)).toBeUndefined(),
  );
});
