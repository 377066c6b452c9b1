import { Client } from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startTestSmallstep, type TestSmallstep } from "../testing";
import { forbiddenStatements, heldPrivileges } from "./privileges";

/** Privileges that the stack grants to the Job's role: components/registration/databaseRole.ts. */
const granted = [
  "column teams.slug: SELECT",
  "column teams.ssh_directory_id: SELECT",
  "column teams.ssh_directory_id: UPDATE",
];

describe("heldPrivileges", () => {
  let test: TestSmallstep;
  const query = <Row extends object>(sql: string, params: unknown[] = []) =>
    test.smallstep.query<Row & Record<string, unknown>>(sql, params);
  const held = (role: string) => heldPrivileges(query, role);

  beforeAll(async () => {
    test = await startTestSmallstep();
    await query("create role nobody login");
    await query("create role job login password 'job'");
    await query("grant select (slug, ssh_directory_id), update (ssh_directory_id) on teams to job");
  });
  afterAll(() => test.close());

  it("returns PUBLIC's privileges for a role without grants, and three column privileges more for the Job's role", async () => {
    const grantsToPublic = await held("nobody");
    expect(grantsToPublic).toEqual([
      "database folk: CONNECT",
      "database folk: TEMPORARY",
      "database postgres: CONNECT",
      "database postgres: TEMPORARY",
      "database template1: CONNECT",
      "schema public: USAGE",
    ]);
    expect((await held("job")).filter((one) => !grantsToPublic.includes(one))).toEqual(granted);
  });

  describe("additional grants", () => {
    const undo: string[] = [];
    afterEach(async () => {
      for (const sql of undo.splice(0)) await query(sql);
    });
    it.each<[string, string, string, string]>([
      ["a table", "grant select on hosts to job", "revoke select on hosts from job", "table hosts: SELECT"],
      [
        "a column",
        "grant select (token) on scim_logins to job",
        "revoke all (token) on scim_logins from job",
        "column scim_logins.token: SELECT",
      ],
      [
        "a table to PUBLIC",
        "grant insert on audit_log to public",
        "revoke insert on audit_log from public",
        "table audit_log: INSERT",
      ],
      [
        "a sequence",
        "grant usage on audit_log_id_seq to job",
        "revoke usage on audit_log_id_seq from job",
        "sequence audit_log_id_seq: USAGE",
      ],
      ["a role", "grant deployer to job", "revoke deployer from job", "role deployer: MEMBER"],
      ["an attribute", "alter role job createdb", "alter role job nocreatedb", "attribute: CREATEDB"],
      [
        "a schema",
        "grant create on schema public to job",
        "revoke create on schema public from job",
        "schema public: CREATE",
      ],
      [
        "a security definer function",
        "create function leak() returns setof scim_logins language sql security definer as 'select * from scim_logins'",
        "drop function leak()",
        "security definer function leak(): EXECUTE",
      ],
      [
        "a large object",
        "select lo_create(4711); grant select on large object 4711 to job",
        "select lo_unlink(4711)",
        "large object 4711: SELECT",
      ],
      [
        "future tables",
        "alter default privileges for role deployer grant select on tables to job",
        "alter default privileges for role deployer revoke select on tables from job",
        "dependency pg_default_acl",
      ],
    ])("heldPrivileges reports an additional grant of %s", async (_what, give, take, line) => {
      undo.push(take);
      await query(give);
      expect((await held("job")).filter((one) => one.startsWith(line))).not.toEqual([]);
    });
  });

  it("matches the server, which rejects every forbidden statement of the Job's role", async () => {
    const { host, port } = test.smallstep.database;
    const client = new Client({
      host,
      port,
      database: "folk",
      user: "job",
      password: "job",
      ssl: { ca: test.authority.caPem },
    });
    await client.connect();
    const outcomes: [string, string][] = [];
    for (const sql of await forbiddenStatements(query, granted)) {
      await client.query("begin");
      const outcome = await client.query(sql).then(
        () => "allowed",
        (error: { code?: string; message: string }) => (error.code === "42501" ? "refused" : error.message),
      );
      await client.query("rollback");
      outcomes.push([sql, outcome]);
    }
    await client.end();
    expect(outcomes.filter(([, outcome]) => outcome !== "refused")).toEqual([]);
    expect(outcomes.length).toBeGreaterThan(150);
  });
});
