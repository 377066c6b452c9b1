import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { projectName, StackFile } from "./stackFile";

const parse = (text: string) => StackFile.parse(text, "p", "Pulumi.dev.yaml");
const secret = { secure: "AAA" };

describe("StackFile", () => {
  it("changes only the given settings, and keeps comments, secrets and foreign settings", () => {
    const file = parse(
      "# who\nencryptionsalt: s\nconfig:\n  azuread:clientId: x # deploys\n  p:database:\n    host: a # where\n    password: {secure: AAA}\n  p:mapping: {preset: local-part-without-dots}\n",
    );
    expect(file.settings()).toEqual({ database: { host: "a" }, mapping: { preset: "local-part-without-dots" } });
    expect([
      file.hasSecret("database.password"),
      file.hasSecret("oidc.clientSecret"),
      file.hasSecret("database.host"),
    ]).toEqual([true, false, false]);
    const changes = file.set({ tenantId: "t", database: { host: "b", port: 1 }, mapping: {} });
    expect(changes).toEqual([
      { path: "database.host", before: "a", after: "b" },
      { path: "mapping.preset", before: "local-part-without-dots", after: undefined },
    ]);
    const text = file.toString();
    expect(text).toMatch(/^# who\nencryptionsalt: s\nconfig:\n {2}azuread:clientId: x # deploys\n/);
    expect(parse(text).settings()).toEqual({ tenantId: "t", database: { host: "b", port: 1 } });
    expect(parse(text).hasSecret("database.password")).toBe(true);
    expect(() => file.refuse(changes)).toThrow(
      'database.host is "a", but the discovered value is "b". Use --force to replace it.',
    );
  });

  it("changes nothing when the same settings are set again, for any values", () => {
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

  it("keeps secrets and never returns them", () => {
    const file = parse(`config: {"p:oidc": ${JSON.stringify({ clientSecret: secret, displayName: "x" })}}`);
    expect(JSON.stringify(file.settings())).not.toContain("AAA");
    expect(JSON.stringify(file.set({ oidc: { displayName: "y" } }))).not.toContain("AAA");
    expect(file.hasSecret("oidc.clientSecret")).toBe(true);
  });
});

it("explains a file that is not valid without the texts of a parser", () => {
  const nested = `a: ${"[".repeat(20_000)}${"]".repeat(20_000)}`;
  expect(() => parse(nested)).toThrow("Pulumi.dev.yaml: is not valid YAML (it is nested too deeply).");
  expect(projectName("name: x\nruntime: nodejs")).toBe("x");
  expect(() => projectName(nested)).toThrow("Pulumi.yaml: is not a project (it is nested too deeply).");
  for (const text of ["", "[]", "name: 3", "runtime: nodejs"]) {
    expect(() => projectName(text)).toThrow("Pulumi.yaml: is not a project (it has no name).");
  }
  expect(() => projectName("name: [")).toThrow(
    /^Pulumi\.yaml: is not a project \(Flow sequence .* at line 1, column \d\)\.$/,
  );
});
