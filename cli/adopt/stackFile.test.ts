import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StackFile } from "./stackFile";

const parse = (text: string) => StackFile.parse(text, "p", "Pulumi.dev.yaml");
const secret = { secure: "AAA" };

describe("StackFile", () => {
  it("changes what is set, and keeps comments, secrets and everything of others", () => {
    const file = parse(
      "# who\nencryptionsalt: s\nconfig:\n  azuread:clientId: x # deploys\n  p:folk:\n    host: a # where\n    password: {secure: AAA}\n  p:mapping: {preset: concatenated}\n",
    );
    expect(file.settings()).toEqual({ folk: { host: "a" }, mapping: { preset: "concatenated" } });
    expect([file.hasSecret("folk.password"), file.hasSecret("oidc.clientSecret"), file.hasSecret("folk.host")]).toEqual(
      [true, false, false],
    );
    const changes = file.set({ tenantId: "t", folk: { host: "b", port: 1 }, mapping: {} });
    expect(changes).toEqual([
      { path: "folk.host", before: "a", after: "b" },
      { path: "mapping.preset", before: "concatenated", after: undefined },
    ]);
    const text = file.toString();
    expect(text).toMatch(/^# who\nencryptionsalt: s\nconfig:\n {2}azuread:clientId: x # deploys\n/);
    expect(parse(text).settings()).toEqual({ tenantId: "t", folk: { host: "b", port: 1 } });
    expect(parse(text).hasSecret("folk.password")).toBe(true);
    expect(() => file.refuse(changes)).toThrow('folk.host is "a", but found is "b". --force replaces it.');
  });

  it("can be set again without a change, whatever the values", () => {
    const value = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.string(), { maxLength: 3 }));
    const key = fc.stringMatching(/^[a-z]{1,6}$/);
    const sections = fc.dictionary(key, fc.dictionary(key, value, { minKeys: 1, maxKeys: 4 }), { maxKeys: 4 });
    fc.assert(
      fc.property(sections, (wanted) => {
        const file = parse("");
        expect(file.set(wanted)).toEqual([]);
        const text = file.toString();
        const again = parse(text);
        expect(again.settings()).toEqual({ ...wanted });
        expect(again.set(wanted)).toEqual([]);
        expect(again.toString()).toBe(text);
      }),
    );
  });

  it("never shows a secret, nor loses one", () => {
    const file = parse(`config: {"p:oidc": ${JSON.stringify({ clientSecret: secret, displayName: "x" })}}`);
    expect(JSON.stringify(file.settings())).not.toContain("AAA");
    expect(JSON.stringify(file.set({ oidc: { displayName: "y" } }))).not.toContain("AAA");
    expect(file.hasSecret("oidc.clientSecret")).toBe(true);
  });
});
