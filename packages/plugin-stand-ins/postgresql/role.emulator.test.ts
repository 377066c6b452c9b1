import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { TestEngine, WireValue } from "@smallstep-ssh/usersync/testing";
import { secret } from "../azuread/testing";
import { startTestServer, type TestServer } from "./testing";

const Role = "postgresql:index/role:Role";
let server: TestServer;
let engine: TestEngine;

beforeAll(async () => {
  server = await startTestServer();
  engine = await server.engine(server.database.deployer);
});
afterAll(() => server?.close());

async function make(inputs: WireValue, from = engine) {
  const checked = await from.check(Role, inputs);
  expect(checked.failures).toEqual([]);
  return { inputs: checked.inputs, ...(await from.create(Role, checked.inputs)) };
}

const roleExists = async (name: string) =>
  (await server.database.query("select 1 from pg_roles where rolname = $1", [name])).length === 1;

describe("postgresql.Role", () => {
  it("creates, reads, updates and deletes a role", async () => {
    const made = await make({ name: "life", login: true, password: secret("first-password"), connectionLimit: 5 });
    expect(made.id).toBe("life");
    expect(made.outputs["password"]).toEqual(secret("first-password"));
    expect(
      await server.as({ username: "life", password: "first-password" }, "select current_user::text as me"),
    ).toEqual([{ me: "life" }]);

    const read = await engine.read(Role, made.id, made.inputs, made.outputs);
    expect(read.inputs).toEqual(made.inputs);
    expect((await engine.diff(Role, made.id, read.inputs, read.outputs, made.inputs)).changes).toBe("none");

    const { inputs: wanted } = await engine.check(
      Role,
      {
        name: "life",
        login: true,
        password: secret("second-password"),
        connectionLimit: 7,
      },
      made.inputs,
    );
    const diff = await engine.diff(Role, made.id, made.inputs, made.outputs, wanted);
    expect(Object.keys(diff.detailed).sort()).toEqual(["connectionLimit", "password"]);
    expect(diff.replaces).toEqual([]);
    const outputs = await engine.update(Role, made.id, made.inputs, made.outputs, wanted);
    await expect(server.as({ username: "life", password: "first-password" }, "select 1")).rejects.toThrow(/password/);
    expect(await server.as({ username: "life", password: "second-password" }, "select 1 as one")).toHaveLength(1);
    expect((await engine.diff(Role, made.id, wanted, outputs, wanted)).changes).toBe("none");

    await engine.delete(Role, made.id, wanted, outputs);
    expect(await roleExists("life")).toBe(false);
    expect((await engine.read(Role, made.id, wanted, outputs)).id).toBe("");
    await engine.delete(Role, made.id, wanted, outputs);
  });

  it("creates no role in a preview", async () => {
    const { inputs } = await engine.check(Role, { name: "previewed", login: true });
    await engine.create(Role, inputs, { preview: true });
    expect(await roleExists("previewed")).toBe(false);
  });

  it("detects and reverts external changes of a role", async () => {
    const made = await make({ name: "drifting", login: true, password: secret("a-password") });
    await server.database.query("alter role drifting nologin connection limit 3");
    const read = await engine.read(Role, made.id, made.inputs, made.outputs);
    expect(read.inputs).toMatchObject({ login: false, connectionLimit: 3 });
    const diff = await engine.diff(Role, made.id, read.inputs, read.outputs, made.inputs);
    expect(Object.keys(diff.detailed).sort()).toEqual(["connectionLimit", "login"]);
    const outputs = await engine.update(Role, made.id, read.inputs, read.outputs, made.inputs);
    expect(outputs).toMatchObject({ login: true, connectionLimit: -1 });
    await engine.delete(Role, made.id, made.inputs, outputs);
  });

  it("renames a role in place and keeps its id", async () => {
    const made = await make({ name: "before", login: true, password: secret("kept-password") });
    const { inputs } = await engine.check(Role, { ...made.inputs, name: "after" }, made.inputs);
    const outputs = await engine.update(Role, made.id, made.inputs, made.outputs, inputs);
    expect(outputs["name"]).toBe("after");
    expect(await roleExists("before")).toBe(false);
    expect((await engine.read(Role, made.id, inputs, outputs)).id).toBe("before");
    expect(await server.as({ username: "after", password: "kept-password" }, "select 1 as one")).toHaveLength(1);
    await engine.delete(Role, made.id, inputs, outputs);
    expect(await roleExists("after")).toBe(false);
  });

  it("reports an existing role without showing the password", async () => {
    const inputs = (await engine.check(Role, { name: "deployer", password: secret("hush-hush-hush") })).inputs;
    const error = await engine.create(Role, inputs).catch((one: Error) => one);
    expect(String(error)).toMatch(/role "deployer" already exists/);
    expect(String(error)).not.toContain("hush-hush-hush");
  });

  it("stores role names and passwords with special characters unchanged", async () => {
    const superuser = await server.engine(server.database.superuser);
    const malicious = fc
      .string({ unit: fc.constantFrom(..."\"'\\;-- $%(),.\nä💥aZ0"), minLength: 1, maxLength: 15 })
      .filter((name) => Buffer.byteLength(name) <= 63 && !/^(public|none|pg_.*)$/.test(name));
    await fc.assert(
      fc.asyncProperty(malicious, malicious, async (name, password) => {
        const made = await make({ name, login: true, password: secret(`${password}'`) }, superuser);
        expect(await roleExists(name)).toBe(true);
        expect(
          await server.as({ username: name, password: `${password}'` }, "select current_user::text as me"),
        ).toEqual([{ me: name }]);
        await superuser.delete(Role, made.id, made.inputs, made.outputs);
        expect(await roleExists(name)).toBe(false);
      }),
      { numRuns: 15 },
    );
  });

  it("reports all invalid inputs of a role", async () => {
    const { failures } = await engine.check(Role, { connectionLimit: "2", login: "yes", colour: "red" });
    expect(failures.map(({ property }) => property).sort()).toEqual(["colour", "connectionLimit", "login", "name"]);
  });
});
