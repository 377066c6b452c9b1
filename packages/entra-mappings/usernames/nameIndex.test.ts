import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NameTable } from "./nameIndex";

describe("NameIndex", () => {
  it("returns the same names, labels, flags and collisions as a plain map that ignores case", () => {
    const name = fc.option(fc.string({ unit: fc.constantFrom(..."abABüÜ日1"), minLength: 1, maxLength: 3 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.string({ unit: "grapheme" })), { maxLength: 300 }), (users) => {
        const table = new NameTable();
        const model = new Map<string, number[]>();
        users.forEach(([name, label], index) => {
          expect(table.add(name, label)).toBe(index);
          table.flag(index, index & 0xff);
          if (name !== null) model.set(name.toLowerCase(), [...(model.get(name.toLowerCase()) ?? []), index]);
        });
        users.forEach(([name, label], index) => {
          expect(table.nameOf(index)).toBe(name ?? "");
          expect(table.labelOf(index)).toBe(label);
          expect(table.flagsOf(index)).toBe(index & 0xff);
        });
        for (const [key, members] of model) {
          expect([...table.usersWithName(key.toUpperCase().toLowerCase() === key ? key.toUpperCase() : key)]).toEqual(
            members,
          );
        }
        const shared = [...model.values()].filter((members) => members.length > 1);
        const byFirst = (a: number[], b: number[]) => (a[0] ?? 0) - (b[0] ?? 0);
        expect([...table.collisions()].sort(byFirst)).toEqual(shared.sort(byFirst));
        expect([...table.usersWithName("nobody-has-this")]).toEqual([]);
      }),
    );
  });

  it("finds names and collisions among 50,000 users", () => {
    const table = new NameTable();
    const users = 50_000;
    for (let i = 0; i < users; i++) table.add(`user${i % 40_000}`, `user${i}@corp.example`);
    expect([...table.usersWithName("USER39999")]).toEqual([39_999]);
    expect([...table.collisions()].length).toBe(10_000);
    expect([...table.usersWithName("User7")]).toEqual([7, 40_007]);
    expect(table.labelOf(users - 1)).toBe("user49999@corp.example");
  });

  it("accepts a user after a query", () => {
    const table = new NameTable();
    table.add("a", "1");
    expect([...table.collisions()]).toEqual([]);
    table.add("A", "2");
    table.add(null, "3");
    expect([...table.collisions()]).toEqual([[0, 1]]);
    expect(table.size).toBe(3);
  });

  it("stores labels and names that are longer than one text run", () => {
    const table = new NameTable();
    const long = "é".repeat(200_000);
    table.add(long, long);
    table.add("x", "y");
    expect(table.nameOf(0)).toBe(long);
    expect([...table.usersWithName(long.toUpperCase())]).toEqual([0]);
    expect(table.labelOf(1)).toBe("y");
  });
});
