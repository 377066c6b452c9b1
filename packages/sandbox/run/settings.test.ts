import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asConfig } from "./settings";

describe("asConfig", () => {
  it("returns one entry with its path for each value and marks secrets", () => {
    const settings = {
      tenantId: "t",
      groups: [{ create: "ssh" }, { existing: { displayName: "b" } }],
      database: { port: 5432, password: "p" },
    };
    expect(asConfig(settings)).toEqual({
      "smallstep-ssh-azuread:tenantId": { value: "t" },
      "smallstep-ssh-azuread:groups[0].create": { value: "ssh" },
      "smallstep-ssh-azuread:groups[1].existing.displayName": { value: "b" },
      "smallstep-ssh-azuread:database.port": { value: "5432" },
      "smallstep-ssh-azuread:database.password": { value: "p", secret: true },
    });
  });

  it("keeps every value of a list", () => {
    const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean());
    fc.assert(
      fc.property(fc.array(leaf), (list) => {
        expect(Object.values(asConfig({ list })).map(({ value }) => value)).toEqual(list.map(String));
      }),
    );
  });
});
