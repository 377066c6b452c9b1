import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { startTestSmallstep, type TestSmallstep } from "@smallstep-ssh/sandbox/testing";
import { DatabaseError, readScimToken, readTeam, teamsUsing, withDatabase, writeTeam } from "./database";
import type { DatabaseSettings } from "./settings";

let test: TestSmallstep;
let settings: DatabaseSettings;
beforeAll(async () => {
  test = await startTestSmallstep();
  const { host, port, name, deployer } = test.smallstep.database;
  settings = { host, port, name, ...deployer, sslmode: "verify-full", rootCert: test.authority.caPem };
});
afterAll(() => test?.close());

/** Returns the message of a failed connection, and asserts that it does not contain the password. */
async function failure(changes: Partial<DatabaseSettings>): Promise<string> {
  const given = { ...settings, ...changes };
  const error = await withDatabase(given, (client) => readTeam(client, "acme")).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DatabaseError);
  const { message } = error as DatabaseError;
  expect(message).not.toContain(given.password);
  return message;
}

describe("withDatabase", () => {
  it("connects with each encrypting sslmode and verifies the certificate as libpq does", async () => {
    const team = (changes: Partial<DatabaseSettings>) =>
      withDatabase({ ...settings, ...changes }, (client) => readTeam(client, "acme"));
    const ok = { directoryId: null };
    expect(await team({ sslmode: "require", rootCert: undefined })).toEqual(ok);
    expect(await team({ sslmode: "verify-ca" })).toEqual(ok);
    expect(await team({ sslmode: "verify-full", host: "127.0.0.1" })).toEqual(ok);
    for (const sslmode of ["verify-ca", "verify-full"] as const) {
      expect(await failure({ sslmode, rootCert: undefined })).toMatch(/certificate that is not trusted/);
    }
  });

  it("reports the cause of each connection error", async () => {
    expect(await failure({ password: "another-password" })).toMatch(
      /rejected role "deployer": wrong user name or password/,
    );
    expect(await failure({ username: "nobody" })).toMatch(/rejected role "nobody"/);
    expect(await failure({ name: "falk" })).toMatch(/there is no database "falk"/);
    expect(await failure({ sslmode: "disable" })).toMatch(/no encryption/);
    expect(await failure({ port: 1 })).toMatch(/cannot be reached \(ECONNREFUSED\)/);
    expect(await failure({ host: "no-such-host.invalid" })).toMatch(/cannot be reached \((ENOTFOUND|EAI_AGAIN)\)/);
    await test.smallstep.query("create role bare login password 'bare-password'");
    expect(await failure({ username: "bare", password: "bare-password" })).toMatch(
      /as role "bare": permission denied for table teams/,
    );
  });

  it("opens at most four connections regardless of the number of teams", async () => {
    const [row] = await test.smallstep.query("show max_connections");
    const more = 2 * Number((row as { max_connections: string }).max_connections);
    const read = () => withDatabase(settings, (client) => readTeam(client, "acme"));
    expect(await Promise.all(Array.from({ length: more }, read))).toHaveLength(more);
  });

  it("marks only temporary errors as transient", async () => {
    const transient = (changes: Partial<DatabaseSettings>) =>
      withDatabase({ ...settings, ...changes }, (client) => readTeam(client, "acme")).catch(
        (error: DatabaseError) => error.transient,
      );
    expect(await transient({ port: 1 })).toBe(true);
    expect(await transient({ password: "another-password" })).toBe(false);
    expect(await transient({ name: "falk" })).toBe(false);
    await expect(
      withDatabase(settings, (client) => client.query("select pg_terminate_backend(pg_backend_pid())")),
    ).rejects.toMatchObject({ transient: true });
  });

  it("closes its connection when the work fails", async () => {
    const count = async () => {
      const sql = "select count(*)::int as open from pg_stat_activity where usename = 'deployer'";
      return (await test.smallstep.query<{ open: number }>(sql))[0]?.open;
    };
    await withDatabase(settings, () => Promise.reject(new Error("work failed"))).catch(() => undefined);
    await expect.poll(count).toBe(0);
  });
});

describe("readTeam and writeTeam", () => {
  const use = (slug: string, id: string | null) => withDatabase(settings, (client) => writeTeam(client, slug, id));
  const read = (slug: string) => withDatabase(settings, (client) => readTeam(client, slug));
  beforeEach(() => test.smallstep.query("update teams set ssh_directory_id = null where slug = 'acme'"));

  it("writes and clears the directory of one team and leaves other teams unchanged", async () => {
    await use("acme", test.smallstep.directory.id);
    expect(await read("acme")).toEqual({ directoryId: test.smallstep.directory.id });
    await use("acme", null);
    expect(await read("acme")).toEqual({ directoryId: null });
    expect(await read("globex")).toEqual({ directoryId: test.smallstep.otherDirectory.id });
  });

  it("counts the other teams when no team has the slug", async () => {
    await expect(read("acm")).rejects.toThrow('No team has the slug "acm" (2 teams have another one).');
    await expect(use("acm", null)).rejects.toThrow(/nothing was changed/);
  });

  it("rejects a slug that two teams have and changes neither", async () => {
    const { query } = test.smallstep;
    await query("alter table teams drop constraint teams_slug_key");
    await query("insert into teams (slug, name) values ('acme', 'Twin')");
    try {
      await expect(read("acme")).rejects.toThrow("2 teams have the slug");
      await expect(use("acme", test.smallstep.directory.id)).rejects.toThrow("2 teams have the slug");
      expect(await query("select 1 from teams where slug = 'acme' and ssh_directory_id is not null")).toEqual([]);
    } finally {
      await query("delete from teams where name = 'Twin'");
      await query("alter table teams add constraint teams_slug_key unique (slug)");
    }
  });
});

describe("readScimToken", () => {
  const token = (id: string, column = "directory_id") =>
    withDatabase(settings, (client) => readScimToken(client, id, column));

  it("reads the SCIM token of a directory regardless of the case of its id", async () => {
    const { directory, otherDirectory } = test.smallstep;
    expect(await token(directory.id)).toBe(directory.token);
    expect(await token(otherDirectory.id.toUpperCase())).toBe(otherDirectory.token);
  });

  it("quotes no value of another row when the directory is unknown, whatever the column", async () => {
    const { directory, otherDirectory } = test.smallstep;
    for (const column of ["directory_id", "id", "token", "TOKEN"]) {
      const { message } = (await token("no-such", column).catch((error: unknown) => error)) as Error;
      for (const one of [directory, otherDirectory])
        for (const value of Object.values(one)) expect(message).not.toContain(value);
    }
    await expect(token("no-such")).rejects.toThrow(
      "scim_logins has no directory no-such in the column directory_id (2 rows have another value).",
    );
    await expect(token("no-such", "token")).rejects.toThrow("directoryColumn: token holds the SCIM tokens");
  });

  it("rejects a directory that has several SCIM tokens", async () => {
    const { query, directory } = test.smallstep;
    await query("insert into scim_logins (directory_id, token) values ($1, 'second')", [directory.id]);
    await expect(token(directory.id)).rejects.toThrow("has 2 SCIM tokens, expected exactly one");
    await query("delete from scim_logins where token = 'second'");
  });

  it("reads a column of another name and rejects a column name that contains SQL", async () => {
    const { directory, query } = test.smallstep;
    await query('alter table scim_logins rename column directory_id to "dirId"');
    expect(await token(directory.id, "dirId")).toBe(directory.token);
    await expect(token(directory.id)).rejects.toThrow(/column "directory_id" does not exist/);
    await query('alter table scim_logins rename column "dirId" to directory_id');
    await expect(token(directory.id, 'id" or "1"="1')).rejects.toThrow(/directoryColumn: .* is not a column name/);
  });
});

describe("teamsUsing", () => {
  it("lists the other teams that use a directory", async () => {
    const { otherDirectory, directory } = test.smallstep;
    const using = (id: string, except: string) => withDatabase(settings, (client) => teamsUsing(client, id, except));
    expect(await using(otherDirectory.id, "acme")).toEqual(["globex"]);
    expect(await using(otherDirectory.id.toUpperCase(), "acme")).toEqual(["globex"]);
    expect(await using(otherDirectory.id, "globex")).toEqual([]);
    expect(await using(directory.id, "globex")).toEqual([]);
  });
});
