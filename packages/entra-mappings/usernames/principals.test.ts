import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isPrincipal, sanitizedLocal, sshPrincipals } from "./principals";

describe("sshPrincipals and isPrincipal", () => {
  it.each<[string, string[]]>([
    ["bill.gates@corp.example", ["billgates", "bill.gates", "bill.gates@corp.example"]],
    ["bill@corp.example", ["bill", "bill@corp.example"]],
    ["Bill.Gates@Corp.example", ["billgates", "Bill.Gates", "Bill.Gates@Corp.example"]],
    ["o'brien+ssh@corp.example", ["o_brien_ssh", "o'brien+ssh", "o'brien+ssh@corp.example"]],
    ["j_d-1@corp.example", ["j_d-1", "j_d-1@corp.example"]],
    ["müller@corp.example", ["m_ller", "müller", "müller@corp.example"]],
    ["İ@corp.example", ["i", "İ", "İ@corp.example"]],
    ["😀@corp.example", ["_", "😀", "😀@corp.example"]],
    ["a@b@corp.example", ["a_b", "a@b", "a@b@corp.example"]],
    ["@corp.example", ["@corp.example"]],
    ["...@corp.example", ["...", "...@corp.example"]],
    ["noat", ["noat"]],
    ["no.at", ["noat", "no.at"]],
    ["", []],
  ])("derives the SSH principals of the address %j", (email, principals) =>
    expect(sshPrincipals(email)).toEqual(principals),
  );

  it("derives no SSH principals when there is no address", () => {
    expect(sshPrincipals(null)).toEqual([]);
    expect(sshPrincipals(undefined)).toEqual([]);
  });

  it("isPrincipal accepts exactly the listed SSH principals and compares case", () => {
    const text = fc.string({ unit: fc.constantFrom(..."aB.@_-'ü1"), maxLength: 8 });
    fc.assert(
      fc.property(text, text, fc.nat(3), (email, other, pick) => {
        const principals = sshPrincipals(email);
        for (const name of [other, principals[pick] ?? "", email.toLowerCase()]) {
          expect(isPrincipal(name, email)).toBe(principals.includes(name));
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("derives a name that hosts accept when the address begins with a lower-case letter", () => {
    fc.assert(
      fc.property(fc.emailAddress(), (email) => {
        if (/^[a-z]/.test(email)) expect(sanitizedLocal(email)).toMatch(/^[a-z][-a-z0-9_]*$/);
      }),
    );
  });
});
