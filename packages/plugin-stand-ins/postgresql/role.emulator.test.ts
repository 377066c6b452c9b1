import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { TestEngine, WireValue } from "@smallstep-ssh/usersync/testing";
import { isName } from "./sql";
import { isSecret, secret, startTestServer, type TestServer } from "./testing";

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
    expect(isSecret(made.outputs["password"])).toBe(true);
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
        searchPath: ["public", "a, b"],
      },
      made.inputs,
    );
    const diff = await engine.diff(Role, made.id, made.inputs, made.outputs, wanted);
    expect(Object.keys(diff.detailed).sort()).toEqual(["connectionLimit", "password", "searchPath"]);
    expect(diff.replaces).toEqual([]);
    const outputs = await engine.update(Role, made.id, made.inputs, made.outputs, wanted);
    expect(outputs["searchPath"]).toEqual(["public", "a, b"]);
    await expect(server.as({ username: "life", password: "first-password" }, "select 1")).rejects.toThrow(/password/);
    expect(await server.as({ username: "life", password: "second-password" }, "show search_path")).toEqual([
      { search_path: 'public, "a, b"' },
    ]);
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

  it("generates a role name when the program sets none and keeps it", async () => {
    const first = await engine.check(Role, {});
    expect(first.inputs["name"]).toMatch(/^it-[0-9a-f]{7}$/);
    expect((await engine.check(Role, {}, first.inputs)).inputs["name"]).toBe(first.inputs["name"]);
  });

  it("reassigns the objects of a role to the provider's user before the drop without superuser rights", async () => {
    const made = await make({ name: "owner", login: true, password: secret("a-password") });
    await server.database.query("create schema attic authorization deployer; grant all on schema attic to owner");
    await server.as({ username: "owner", password: "a-password" }, "create table attic.heirloom (id int)");
    await engine.delete(Role, made.id, made.inputs, made.outputs);
    expect(await roleExists("owner")).toBe(false);
    expect(await server.database.query("select tableowner from pg_tables where tablename = 'heirloom'")).toEqual([
      { tableowner: "deployer" },
    ]);
    expect(
      await server.database.query("select 1 from pg_auth_members where pg_get_userbyid(roleid) = 'deployer'"),
    ).toEqual([]);
  });

  it("keeps the role with skipDropRole and fails with skipReassignOwned when the role owns objects", async () => {
    const kept = await make({ name: "kept", skipDropRole: true });
    await engine.delete(Role, kept.id, kept.inputs, kept.outputs);
    expect(await roleExists("kept")).toBe(true);

    const stuck = await make({ name: "stuck", skipReassignOwned: true });
    await server.database.query("create table public.anchor (id int); alter table public.anchor owner to stuck");
    await expect(engine.delete(Role, stuck.id, stuck.inputs, stuck.outputs)).rejects.toThrow(/cannot be dropped/);
    await server.database.query("drop table public.anchor");
    await engine.delete(Role, stuck.id, stuck.inputs, stuck.outputs);
    expect(await roleExists("stuck")).toBe(false);
  });

  it("reports an existing role without showing the password", async () => {
    const inputs = (await engine.check(Role, { name: "deployer", password: secret("hush-hush-hush") })).inputs;
    const error = await engine.create(Role, inputs).catch((one: Error) => one);
    expect(String(error)).toMatch(/database "folk", as "deployer": role "deployer" already exists/);
    expect(String(error)).not.toContain("hush-hush-hush");
  });

  it("detects a removed password as a superuser and rejects superuser: true for another user", async () => {
    const superuser = await server.engine(server.database.superuser);
    const made = await make({ name: "hashed", login: true, password: secret("right-password") }, superuser);
    const same = await superuser.read(Role, made.id, made.inputs, made.outputs);
    expect(same.inputs).toEqual(made.inputs);
    await server.database.query("alter role hashed password null");
    const afterDelete = await superuser.read(Role, made.id, made.inputs, made.outputs);
    expect(
      (await superuser.diff(Role, made.id, afterDelete.inputs, afterDelete.outputs, made.inputs)).detailed,
    ).toHaveProperty("password");
    await superuser.delete(Role, made.id, made.inputs, made.outputs);

    const unprivileged = await server.engine(server.database.deployer, { superuser: true });
    const inputs = (await unprivileged.check(Role, { name: "refused", login: true, password: secret("a-password") }))
      .inputs;
    await expect(unprivileged.create(Role, inputs)).rejects.toThrow(
      /"deployer" is not a superuser\. Set superuser to false/,
    );
    await server.database.query("drop role refused");
  });

  it("stores role names and passwords with special characters unchanged", async () => {
    const superuser = await server.engine(server.database.superuser);
    const malicious = fc
      .string({ unit: fc.constantFrom(..."\"'\\;-- $%(),.\nä💥aZ0"), minLength: 1, maxLength: 15 })
      .filter((name) => isName(name) === undefined && !/^(public|none|pg_.*)$/.test(name));
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
    const { failures } = await engine.check(Role, { name: "", connectionLimit: -2, login: "yes", colour: "red" });
    expect(failures.map(({ property }) => property).sort()).toEqual(["colour", "connectionLimit", "login", "name"]);
  });
});
