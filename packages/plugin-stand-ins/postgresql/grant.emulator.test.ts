import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { TestEngine, WireValue } from "@smallstep-ssh/usersync/testing";
import { secret } from "../azuread/testing";
import { startTestServer, type TestServer } from "./testing";

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
    const grants = [await make(select), await make(update)];
    expect(grants[0]?.id).toBe(`${login.username}_folk_public_column_teams_slug_ssh_directory_id`);
    await server.as(login, "update teams set ssh_directory_id = ssh_directory_id where slug = 'acme'");
    await expect(server.as(login, "select name from teams")).rejects.toThrow(/permission denied/);
    await expect(server.as(login, "update teams set slug = 'x'")).rejects.toThrow(/permission denied/);
    await expect(server.as(login, "select token from scim_logins")).rejects.toThrow(/permission denied/);
    for (const made of grants) expect((await diffAfterRead(made)).diff.changes).toBe("none");

    for (const made of grants) await engine.delete(Grant, made.id, made.inputs, made.outputs);
    expect(await columnPrivileges()).toEqual([]);
  });

  it("deletes a grant of which a refresh found no column", async () => {
    const made = await make(select);
    await server.database.query(`revoke select (slug, ssh_directory_id) on teams from "switch ""team"""`);
    const { read } = await diffAfterRead(made);
    expect(read.outputs["columns"]).toEqual([]);
    await engine.delete(Grant, made.id, read.inputs, read.outputs);
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

  it("rejects a grant on other objects than columns and unsupported inputs", async () => {
    const { inputs } = await engine.check(Grant, { ...select, objectType: "table" });
    await expect(engine.create(Grant, inputs)).rejects.toThrow(/supports only "column"/);
    const { failures } = await engine.check(Grant, { ...inDatabase, withGrantOption: true });
    expect(failures.map(({ property }) => property)).toContain("withGrantOption");
  });
});
