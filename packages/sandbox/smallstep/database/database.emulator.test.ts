import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Client, type ClientConfig } from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { createAuthority, type Authority } from "entra-emulator";
import { startDatabase, type Database, type Login } from "./startDatabase";

let dir: string;
let authority: Authority;
let database: Database;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "folk-test-"));
  authority = await createAuthority(join(dir, "tls"));
  database = await startDatabase({ authority, dir: join(dir, "folk") });
});
afterAll(async () => {
  await database?.close();
  rmSync(dir, { recursive: true, force: true });
});

async function as<T>(login: Login, work: (client: Client) => Promise<T>, more: ClientConfig = {}): Promise<T> {
  const client = new Client({
    host: database.host,
    port: database.port,
    database: "folk",
    user: login.username,
    password: login.password,
    ssl: { ca: authority.caPem },
    ...more,
  });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

describe("startDatabase", () => {
  it("accepts TLS by name and by address with a certificate of the sandbox's authority", async () => {
    for (const host of ["localhost", "127.0.0.1"]) {
      const { rows } = await as(
        database.deployer,
        (client) => client.query("select ssl from pg_stat_ssl where pid = pg_backend_pid()"),
        { host },
      );
      expect(rows).toEqual([{ ssl: true }]);
    }
  });

  it("rejects a cleartext connection and a wrong password, and fails verification without the authority", async () => {
    const query = (client: Client) => client.query("select 1");
    await expect(as(database.deployer, query, { ssl: false })).rejects.toThrow(/no encryption/);
    await expect(as({ ...database.deployer, password: "wrong" }, query)).rejects.toMatchObject({ code: "28P01" });
    await expect(as(database.deployer, query, { ssl: { ca: [] } })).rejects.toThrow(/certificate/);
  });

  it("creates a deployer that owns the tables and can create roles, but is not a superuser", async () => {
    const rows = await database.query(
      "select rolsuper, rolcreaterole, rolcreatedb from pg_roles where rolname = 'deployer'",
    );
    expect(rows).toEqual([{ rolsuper: false, rolcreaterole: true, rolcreatedb: false }]);
    const owners = await database.query("select distinct tableowner from pg_tables where schemaname = 'public'");
    expect(owners).toEqual([{ tableowner: "deployer" }]);
    await as(database.deployer, async (client) => {
      await client.query("create role job login");
      await client.query("grant select (slug, ssh_directory_id), update (ssh_directory_id) on teams to job");
      await client.query("grant job to deployer; drop owned by job; drop role job");
      await expect(client.query("select * from pg_authid")).rejects.toMatchObject({ code: "42501" });
    });
  });

  it("contains a team without a directory, another team with a directory, and a token for each directory", async () => {
    expect(await database.query("select slug, ssh_directory_id from teams order by slug")).toEqual([
      { slug: database.team.slug, ssh_directory_id: null },
      { slug: database.otherTeam.slug, ssh_directory_id: database.otherDirectory.id },
    ]);
    const logins = await database.query("select directory_id as id, token from scim_logins order by created_at");
    expect(logins).toEqual([database.directory, database.otherDirectory]);
    expect(database.directory.token).not.toBe(database.otherDirectory.token);
  });
});

describe("close of the database", () => {
  it("stops the PostgreSQL server", async () => {
    const another = await startDatabase({ authority, dir: join(dir, "another") });
    process.kill(another.guardianPid, 0);
    await another.close();
    expect(() => process.kill(another.guardianPid, 0)).toThrow(/ESRCH/);
    await expect(reach(another.port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  it("completes before a program with no other work exits", async () => {
    const child = program("(database) => database.close().then(() => console.log('closed'))");
    const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
    expect(line).toBe("closed");
    await once(child, "exit");
    expect(child.exitCode).toBe(0);
  });

  it("stops the server together with a killed parent process, without a call of close", async () => {
    const child = program("({ port, guardianPid }) => console.log(JSON.stringify({ port, guardianPid }))");
    const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
    const { port, guardianPid } = JSON.parse(line) as { port: number; guardianPid: number };
    await reach(port);
    child.kill("SIGKILL");
    await vi.waitFor(() => expect(() => process.kill(guardianPid, 0)).toThrow(/ESRCH/), { timeout: 20_000 });
    await expect(reach(port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });
});

/** Starts a process that starts the database and then runs the function `then`, given as source text. */
function program(then: string) {
  const own = mkdtempSync(join(dir, "program-"));
  const file = join(own, "program.ts");
  writeFileSync(
    file,
    `import { createAuthority } from ${JSON.stringify(require.resolve("entra-emulator"))};
     import { startDatabase, type Database } from ${JSON.stringify(join(__dirname, "startDatabase"))};
     const dir = ${JSON.stringify(own)};
     void createAuthority(dir).then((authority) => startDatabase({ authority, dir })).then(${then});`,
  );
  return spawn(process.execPath, ["--conditions=source", "--import", "tsx", file], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** Connects and disconnects. */
async function reach(port: number): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
  } finally {
    socket.destroy();
  }
}
