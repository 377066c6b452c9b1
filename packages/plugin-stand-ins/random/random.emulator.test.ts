import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { SECRET, SIGNATURE } from "@smallstep-ssh/usersync/host";
import { TestEngine } from "@smallstep-ssh/usersync/testing";
import { random } from "./plugin";

const TOKEN = "random:index/randomPassword:RandomPassword";

describe("RandomPassword", () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await TestEngine.start(random());
    await engine.configure({});
  });
  afterAll(() => engine.close());

  it("has the token of the npm package @pulumi/random", () => {
    const sdk = path.join(__dirname, "../../../node_modules/@pulumi/random");
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

    expect((await engine.diff(TOKEN, id, inputs, outputs, inputs)).changes).toBe("none");
    expect(await engine.read(TOKEN, id, inputs, outputs)).toEqual({ id, inputs, outputs });
    const changed = await engine.diff(TOKEN, id, inputs, outputs, { ...inputs, length: 30, keepers: { year: "2" } });
    expect(changed.replaces.sort()).toEqual(["keepers", "length"]);
    const another = await engine.create(TOKEN, inputs);
    expect(another.outputs["result"]).not.toEqual(outputs["result"]);
    await engine.delete(TOKEN, id, inputs, outputs);
  });

  it("uses special characters by default and rejects unsupported inputs", async () => {
    const { inputs } = await engine.check(TOKEN, { length: 1000 });
    expect(inputs["special"]).toBe(true);
    const { outputs } = await engine.create(TOKEN, inputs);
    expect((outputs["result"] as { value: string }).value).toMatch(/[^a-zA-Z0-9]/);
    const { failures } = await engine.check(TOKEN, { length: "8", minLower: 1 });
    expect(failures.map(({ property }) => property)).toEqual(["length", "minLower"]);
  });
});
