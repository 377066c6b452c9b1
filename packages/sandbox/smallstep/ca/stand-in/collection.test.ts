import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { ProvisionerCollection } from "./collection";

function collectionOf(count: number): ProvisionerCollection {
  const collection = new ProvisionerCollection();
  for (let index = 0; index < count; index++) collection.add({ type: "OIDC", name: `p${index}` });
  return collection;
}

describe("ProvisionerCollection", () => {
  it("returns 20 provisioners per page by default and at most 100", () => {
    const collection = collectionOf(150);
    const sizes = [0, -3, 7, 100, 1000].map((limit) => collection.page("", limit).provisioners.length);
    expect(sizes).toEqual([20, 20, 7, 100, 100]);
  });

  it("returns a cursor without leading zeros while provisioners remain, and an empty cursor on the last page", () => {
    const collection = collectionOf(21);
    const first = collection.page("", 20);
    expect(first.nextCursor).toMatch(/^14[0-9a-f]{32}$/);
    expect(collection.page(first.nextCursor, 20)).toMatchObject({ provisioners: [{ name: "p20" }], nextCursor: "" });
  });

  it("returns every provisioner once and in order for any page size", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 250 }), fc.integer({ min: 1, max: 120 }), (count, limit) => {
        const collection = collectionOf(count);
        const names: string[] = [];
        let cursor = "";
        do {
          const page = collection.page(cursor, limit);
          names.push(...page.provisioners.map(({ name }) => name));
          cursor = page.nextCursor;
        } while (cursor !== "");
        expect(names).toEqual(Array.from({ length: count }, (_, index) => `p${index}`));
      }),
      { numRuns: 50 },
    );
  });

  it("continues after a provisioner was removed between two pages", () => {
    const collection = collectionOf(5);
    const { nextCursor } = collection.page("", 2);
    collection.remove("p2");
    expect(collection.page(nextCursor, 2).provisioners.map(({ name }) => name)).toEqual(["p3", "p4"]);
    expect(collection.remove("p2")).toBe(false);
    expect(collection.add({ type: "JWK", name: "p3" })).toBe(false);
  });
});
