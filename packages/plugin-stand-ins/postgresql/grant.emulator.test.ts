import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { TestEngine, WireValue } from "@smallstep-ssh/usersync/testing";
import { secret, startTestServer, type TestServer } from "./testing";

const Grant = "postgresql:index/grant:Grant";
const Role = "postgresql:index/role:Role";
const login = { username: 'switch "team"', password: "its-password" };
let server: TestServer;
let engine: TestEngine;

const inDatabase = { role: login.username, database: "folk" };
const base = { ...inDatabase, schema: "public" };
const select = {
  ...base,
  objectType: "column",
  objects: ["teams"],
  columns: ["slug", "ssh_directory_id"],
  privileges: ["SELECT"],
};
const update = {
  ...base,
  objectType: "column",
  objects: ["teams"],
  columns: ["ssh_directory_id"],
  privileges: ["UPDATE"],
};

beforeAll(async () => {
  server = await startTestServer();
  engine = await server.engine(server.database.deployer);
  const role = { name: login.username, login: true, password: secret(login.password) };
  await engine.create(Role, (await engine.check(Role, role)).inputs);
});
afterAll(() => server?.close());
beforeEach(() => server.database.query(`drop owned by "switch ""team"""`));

async function make(inputs: WireValue) {
  const checked = await engine.check(Grant, inputs);
  expect(checked.failures).toEqual([]);
  return { inputs: checked.inputs, ...(await engine.create(Grant, checked.inputs)) };
}

async function diffAfterRead(made: Awaited<ReturnType<typeof make>>) {
  const read = await engine.read(Grant, made.id, made.inputs, made.outputs);
  return { read, diff: await engine.diff(Grant, made.id, read.inputs, read.outputs, made.inputs) };
}

const columnPrivileges = () =>
  server.database.query(
    "select column_name::text as column, privilege_type::text as privilege from information_schema.column_privileges where grantee = $1 order by 1, 2",
    [login.username],
  );

describe("postgresql.Grant", () => {
  it("grants exactly the privileges that the registration Job needs", async () => {
    const grants = await Promise.all([make(select), make(update)]);
    expect(grants[0].id).toBe(`${login.username}_folk_public_column_teams_slug_ssh_directory_id`);
    await server.as(login, "update teams set ssh_directory_id = ssh_directory_id where slug = 'acme'");
    await expect(server.as(login, "select name from teams")).rejects.toThrow(/permission denied/);
    await expect(server.as(login, "update teams set slug = 'x'")).rejects.toThrow(/permission denied/);
    await expect(server.as(login, "select token from scim_logins")).rejects.toThrow(/permission denied/);
    for (const made of grants) expect((await diffAfterRead(made)).diff.changes).toBe("none");

    for (const made of grants) await engine.delete(Grant, made.id, made.inputs, made.outputs);
    expect(await columnPrivileges()).toEqual([]);
  });

  it("detects a revoked column privilege and replaces the grant with delete-before-create", async () => {
    const made = await make(select);
    await server.database.query(`revoke select (slug) on teams from "switch ""team"""`);
    const { read, diff } = await diffAfterRead(made);
    expect(read.inputs["columns"]).toEqual(["ssh_directory_id"]);
    expect(diff.replaces).toEqual(["columns"]);
    expect(diff.deleteBeforeReplace).toBe(true);
    await engine.delete(Grant, made.id, read.inputs, read.outputs);
    await engine.create(Grant, made.inputs);
    expect(await columnPrivileges()).toHaveLength(2);
  });

  it("does not revoke the privileges of other grants on the same columns", async () => {
    const [first, second] = [await make(select), await make(update)];
    await engine.delete(Grant, first.id, first.inputs, first.outputs);
    expect(await columnPrivileges()).toEqual([{ column: "ssh_directory_id", privilege: "UPDATE" }]);
    expect((await diffAfterRead(second)).diff.changes).toBe("none");
  });

  it.each([
    ["database", { ...inDatabase, objectType: "database", privileges: ["CONNECT"] }, ["CONNECT", "TEMPORARY"]],
    ["schema", { ...base, objectType: "schema", privileges: ["USAGE"] }, ["USAGE", "CREATE"]],
    [
      "table",
      { ...base, objectType: "table", objects: ["teams", "hosts"], privileges: ["SELECT"] },
      ["SELECT", "INSERT"],
    ],
    ["schema's tables", { ...base, objectType: "table", privileges: ["SELECT"] }, ["SELECT", "INSERT"]],
  ])("adds, removes and revokes privileges on a %s in place", async (_name, args, more) => {
    // Only the owner and superusers may grant privileges on a database and on the schema public.
    const superuser = await server.engine(server.database.superuser);
    const deployer = engine;
    if (args.objectType === "database" || args.objectType === "schema") engine = superuser;
    try {
      const before = await privileges();
      const made = await make(args);
      expect((await diffAfterRead(made)).diff.changes).toBe("none");
      const granted = await privileges();
      expect(granted).not.toEqual(before);

      const wanted = (await engine.check(Grant, { ...args, privileges: more }, made.inputs)).inputs;
      const diff = await engine.diff(Grant, made.id, made.inputs, made.outputs, wanted);
      expect(diff.changes).toBe("some");
      expect(diff.replaces).toEqual([]);
      const outputs = await engine.update(Grant, made.id, made.inputs, made.outputs, wanted);
      const read = await engine.read(Grant, made.id, wanted, outputs);
      expect(read.inputs["privileges"]).toEqual(more);

      const back = await engine.update(Grant, made.id, wanted, read.outputs, made.inputs);
      expect(await privileges()).toEqual(granted);
      await engine.delete(Grant, made.id, made.inputs, back);
      expect(await privileges()).toEqual(before);
    } finally {
      engine = deployer;
    }
  });

  const privileges = () =>
    server.database.query(
      `select 'database' as kind, datname::text as name, acl.privilege_type::text from pg_database, aclexplode(datacl) acl where grantee = $1::regrole
       union all select 'schema', nspname::text, acl.privilege_type::text from pg_namespace, aclexplode(nspacl) acl where grantee = $1::regrole
       union all select 'table', relname::text, acl.privilege_type::text from pg_class, aclexplode(relacl) acl where grantee = $1::regrole
       order by 1, 2, 3`,
      [`"${login.username.replaceAll('"', '""')}"`],
    );

  it("detects and reverts external changes of a table's privileges", async () => {
    const made = await make({ ...base, objectType: "table", objects: ["teams"], privileges: ["SELECT"] });
    await server.database.query(`grant delete on teams to "switch ""team"""`);
    const { read, diff } = await diffAfterRead(made);
    expect(new Set(read.inputs["privileges"] as string[])).toEqual(new Set(["SELECT", "DELETE"]));
    expect(diff.changes).toBe("some");
    await engine.update(Grant, made.id, read.inputs, read.outputs, made.inputs);
    expect((await diffAfterRead(made)).diff.changes).toBe("none");
  });

  it("treats ALL as equal to the privileges that the server returns for it", async () => {
    const made = await make({ ...base, objectType: "table", objects: ["teams"], privileges: ["ALL"] });
    expect((await diffAfterRead(made)).diff.changes).toBe("none");
  });

  it("uses table and column names with special characters unchanged", async () => {
    await server.database.query(`create schema "s.""'"; create table "s.""'"."t);--(x)" ("c,'"")" int, other int)`);
    await server.database.query(
      `alter schema "s.""'" owner to deployer; alter table "s.""'"."t);--(x)" owner to deployer`,
    );
    const args = { ...select, schema: `s."'`, objects: ["t);--(x)"], columns: [`c,'")`] };
    const made = await make(args);
    expect(await columnPrivileges()).toEqual([{ column: `c,'")`, privilege: "SELECT" }]);
    expect((await diffAfterRead(made)).diff.changes).toBe("none");
    await engine.delete(Grant, made.id, made.inputs, made.outputs);
    expect(await columnPrivileges()).toEqual([]);
    await server.database.query(`drop schema "s.""'" cascade`);
  });

  it("reports a grant as deleted when its role does not exist", async () => {
    const made = await make(select);
    const outputs = { ...made.outputs, role: "nobody" };
    expect((await engine.read(Grant, made.id, { ...made.inputs, role: "nobody" }, outputs)).id).toBe("");
  });

  it("grants nothing in a preview or when a part of the grant is invalid", async () => {
    await engine.create(Grant, (await engine.check(Grant, select)).inputs, { preview: true });
    const wrong = (await engine.check(Grant, { ...select, columns: ["slug", "colour"] })).inputs;
    await expect(engine.create(Grant, wrong)).rejects.toThrow(/column "colour" of relation "teams" does not exist/);
    expect(await columnPrivileges()).toEqual([]);
  });

  it.each([
    ["no columns", { ...select, columns: [] }, "columns"],
    ["two tables", { ...select, objects: ["teams", "hosts"] }, "objects"],
    ["two privileges", { ...select, privileges: ["SELECT", "UPDATE"] }, "privileges"],
    ["a privilege that columns do not have", { ...select, privileges: ["DELETE"] }, "privileges"],
    ["no schema", { ...inDatabase, objectType: "schema", privileges: ["USAGE"] }, "schema"],
    ["an unknown type", { ...select, objectType: "sequence" }, "objectType"],
    ["columns of a table", { ...select, objectType: "table" }, "columns"],
    ["objects of a database", { ...base, objectType: "database", objects: ["x"], privileges: ["CONNECT"] }, "objects"],
  ])("rejects a grant with %s", async (_name, args, property) => {
    expect((await engine.check(Grant, args)).failures.map((failure) => failure.property)).toEqual([property]);
  });
});
