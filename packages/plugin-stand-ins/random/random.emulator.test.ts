import { readFileSync } from "node:fs";
import path from "node:path";

import { compare } from "bcryptjs";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { SECRET, SIGNATURE } from "@smallstep-ssh/usersync/host";
import { TestEngine } from "@smallstep-ssh/usersync/testing";
import { generatePassword, wrongRules, type PasswordRules } from "./password";
import { random } from "./plugin";
import { version } from "./version";

const TOKEN = "random:index/randomPassword:RandomPassword";
const count = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].length;

describe("generatePassword", () => {
  const rules: fc.Arbitrary<PasswordRules> = fc.record({
    length: fc.integer({ min: 0, max: 40 }),
    lower: fc.boolean(),
    upper: fc.boolean(),
    numeric: fc.boolean(),
    special: fc.boolean(),
    minLower: fc.integer({ min: -1, max: 8 }),
    minUpper: fc.integer({ min: 0, max: 8 }),
    minNumeric: fc.integer({ min: 0, max: 8 }),
    minSpecial: fc.integer({ min: 0, max: 8 }),
    overrideSpecial: fc.constantFrom("", "_~"),
  });

  it("generates a password that follows any valid rules", () => {
    fc.assert(
      fc.property(rules, (given) => {
        if (wrongRules(given).length > 0) return;
        const password = generatePassword(given);
        expect(password).toHaveLength(given.length);
        const special = given.overrideSpecial === "" ? /[^a-zA-Z0-9]/g : /[_~]/g;
        const counts = [/[a-z]/g, /[A-Z]/g, /[0-9]/g, special].map((pattern) => count(password, pattern));
        expect(counts.reduce((sum, one) => sum + one, 0)).toBe(given.length);
        const least = [given.minLower, given.minUpper, given.minNumeric, given.minSpecial];
        const used = [given.lower, given.upper, given.numeric, given.special];
        counts.forEach((one, kind) => {
          expect(one).toBeGreaterThanOrEqual(least[kind] ?? 0);
          if (used[kind] === false) expect(one).toBe(least[kind]);
        });
      }),
    );
  });
});

describe("RandomPassword", () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await TestEngine.start(random());
    await engine.configure({});
  });
  afterAll(() => engine.close());

  it("reports the version and the token of the npm package @pulumi/random", () => {
    const sdk = path.join(__dirname, "../../../node_modules/@pulumi/random");
    expect(JSON.parse(readFileSync(path.join(sdk, "package.json"), "utf8"))).toMatchObject({ version });
    expect(readFileSync(path.join(sdk, "randomPassword.js"), "utf8")).toContain(`'${TOKEN}'`);
  });

  it("creates a secret password once and keeps it until an input changes", async () => {
    const { inputs } = await engine.check(TOKEN, { length: 24, special: false, keepers: { year: "1" } });
    expect((await engine.create(TOKEN, inputs, { preview: true })).id).toBe("");
    const { id, outputs } = await engine.create(TOKEN, inputs);
    expect(id).toBe("none");
    const { value } = outputs["result"] as { value: string };
    expect(outputs["result"]).toEqual({ [SIGNATURE]: SECRET, value });
    expect(value).toMatch(/^[a-zA-Z0-9]{24}$/);
    const hashed = outputs["bcryptHash"] as { value: string };
    expect(outputs["bcryptHash"]).toMatchObject({ [SIGNATURE]: SECRET });
    expect(await compare(value, hashed.value)).toBe(true);

    expect((await engine.diff(TOKEN, id, inputs, outputs, inputs)).changes).toBe("none");
    expect(await engine.read(TOKEN, id, inputs, outputs)).toEqual({ id, inputs, outputs });
    const changed = await engine.diff(TOKEN, id, inputs, outputs, { ...inputs, length: 30, keepers: { year: "2" } });
    expect(changed.replaces.sort()).toEqual(["keepers", "length"]);
    const another = await engine.create(TOKEN, inputs);
    expect(another.outputs["result"]).not.toEqual(outputs["result"]);
    await engine.delete(TOKEN, id, inputs, outputs);
  });

  it("imports a password with the password itself as the id", async () => {
    const { inputs, outputs, id } = await engine.read(TOKEN, "Tr0ub4dor&3");
    expect(id).toBe("none");
    expect(inputs).toMatchObject({ length: 11, special: true });
    expect(outputs["result"]).toMatchObject({ value: "Tr0ub4dor&3" });
  });

  it("reports all invalid password rules", async () => {
    const failuresOf = async (news: Record<string, unknown>) =>
      (await engine.check(TOKEN, news)).failures.map(({ property, reason }) => `${property}: ${reason}`);
    expect(await failuresOf({})).toEqual(["length: is required."]);
    expect(await failuresOf({ length: "8" })).toEqual(["length: must be a number."]);
    expect(await failuresOf({ length: 0, minLower: -1, minUpper: 3 })).toEqual([
      "length: must be an integer of at least 1.",
      "minLower: must be an integer of at least 0.",
      "length: must be at least 2, the sum of the minimums.",
    ]);
    expect(await failuresOf({ length: 8, lower: false, upper: false, number: false, special: false })).toEqual([
      "special: at least one of lower, upper, numeric and special must be true.",
    ]);
  });
});
