import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NameTable } from "./name-table";

describe("the table of names", () => {
  it("finds, keeps order and shares without case, as a plain map does", () => {
    const name = fc.option(fc.string({ unit: fc.constantFrom(..."abABüÜ日1"), minLength: 1, maxLength: 3 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.string({ unit: "grapheme" })), { maxLength: 300 }), (people) => {
        const table = new NameTable();
        const model = new Map<string, number[]>();
        people.forEach(([name, label], index) => {
          expect(table.add(name, label, index & 0xff)).toBe(index);
          if (name !== null) model.set(name.toLowerCase(), [...(model.get(name.toLowerCase()) ?? []), index]);
        });
        people.forEach(([name, label], index) => {
          expect(table.nameOf(index)).toBe(name ?? "");
          expect(table.labelOf(index)).toBe(label);
          expect(table.flagsOf(index)).toBe(index & 0xff);
        });
        for (const [key, members] of model) {
          expect([...table.sharing(table.find(key) as number)]).toEqual(members);
        }
        const shared = [...model.values()].filter((members) => members.length > 1).map(([first]) => first);
        expect([...table.shared()].sort((a, b) => a - b)).toEqual(shared.sort((a, b) => (a ?? 0) - (b ?? 0)));
        expect(table.find("nobody-has-this")).toBeUndefined();
      }),
    );
  });

  it("holds many people", () => {
    const table = new NameTable();
    const people = 50_000;
    for (let i = 0; i < people; i++) table.add(`user${i % 40_000}`, `user${i}@corp.example`, 0);
    expect(table.find("USER123")).toBe(123);
    expect([...table.shared()].length).toBe(10_000);
    expect([...table.sharing(7)]).toEqual([7, 40_007]);
    expect(table.labelOf(people - 1)).toBe("user49999@corp.example");
  });

  it("takes labels and names longer than it has room for", () => {
    const table = new NameTable();
    const long = "é".repeat(200_000);
    table.add(long, long, 0);
    table.add("x", "y", 0);
    expect(table.nameOf(0)).toBe(long);
    expect(table.find(long.toUpperCase())).toBe(0);
    expect(table.labelOf(1)).toBe("y");
  });
});
