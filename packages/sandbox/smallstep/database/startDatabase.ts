import { randomUUID } from "node:crypto";
import { Client, Pool, escapeIdentifier, escapeLiteral, type ClientConfig, type QueryResultRow } from "pg";

import type { Authority } from "entra-emulator";
import { generateTestSecret } from "entra-emulator/testing";
import { schemaSql, tables } from "./schema";
import { startPostgres } from "./server";

export interface Login {
  username: string;
  password: string;
}

/** A directory of users, and the bearer token of its SCIM endpoint. */
export interface SeededDirectory {
  id: string;
  token: string;
}

/** The initial content of the database. */
export interface Seed {
  /** The team to deploy for. `authorityId` is the id of its SSH authority. The team uses no directory yet. */
  team: { slug: string; authorityId: string };
  /** Another team, with its own directory. A deployment must not change it. */
  otherTeam: { slug: string; directoryId: string };
  /** The directory that `team` uses after the deployment. */
  directory: SeededDirectory;
  otherDirectory: SeededDirectory;
}

/** The platform's database. */
export interface Database extends Seed {
  host: string;
  port: number;
  name: "folk";
  superuser: Login;
  /** Owns the tables and can create roles. Not a superuser. */
  deployer: Login;
  /** Process that runs the server. The server stops when this process or the current process exits. */
  guardianPid: number;
  /** Runs a query as superuser. */
  query<Row extends QueryResultRow>(sql: string, params?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

/** Starts PostgreSQL with a database `folk` of two teams. Each start generates new ids, tokens and passwords. */
export async function startDatabase(options: { authority: Authority; dir: string }): Promise<Database> {
  const server = await startPostgres(options);
  const connection: ClientConfig = {
    host: "localhost",
    port: server.port,
    user: server.superuser.username,
    password: server.superuser.password,
    ssl: { ca: options.authority.caPem },
  };
  const pool = new Pool({ ...connection, database: "folk", max: 4, allowExitOnIdle: true });
  pool.on("error", () => undefined);
  const close = async () => {
    await pool.end();
    await server.close();
  };
  try {
    const client = new Client({ ...connection, database: "postgres" });
    await client.connect();
    try {
      await client.query("create database folk");
    } finally {
      await client.end();
    }
    const deployer = { username: "deployer", password: generateTestSecret() };
    await createTables(pool, deployer);
    return {
      host: "localhost",
      port: server.port,
      name: "folk",
      superuser: server.superuser,
      deployer,
      ...(await seed(pool)),
      guardianPid: server.guardianPid,
      query: async <Row extends QueryResultRow>(sql: string, params: unknown[] = []) =>
        (await pool.query<Row>(sql, params)).rows,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function createTables(pool: Pool, deployer: Login): Promise<void> {
  const role = escapeIdentifier(deployer.username);
  const password = escapeLiteral(deployer.password);
  await pool.query(`create role ${role} login createrole nosuperuser password ${password}`);
  await pool.query(schemaSql);
  await pool.query(tables.map((table) => `alter table ${table} owner to ${role}`).join(";"));
}

async function seed(pool: Pool): Promise<Seed> {
  const directory = { id: randomUUID(), token: generateTestSecret() };
  const otherDirectory = { id: randomUUID(), token: generateTestSecret() };
  const team = { slug: "acme", authorityId: randomUUID() };
  const otherTeam = { slug: "globex", directoryId: otherDirectory.id };
  const teams = [
    { ...directory, ...team, name: "Acme Corporation", uses: null },
    { ...otherDirectory, ...otherTeam, name: "Globex Inc.", authorityId: randomUUID(), uses: otherDirectory.id },
  ];
  for (const { id, token, slug, name, authorityId, uses } of teams) {
    const { rows } = await pool.query<{ id: string }>(
      "insert into teams (slug, name, ssh_directory_id) values ($1, $2, $3) returning id",
      [slug, name, uses],
    );
    const teamId = rows[0]?.id;
    await pool.query("insert into directories (id, team_id, name) values ($1, $2, 'Entra ID')", [id, teamId]);
    await pool.query("insert into scim_logins (directory_id, token) values ($1, $2)", [id, token]);
    const domain = `ssh.${slug}.ca.smallstep.localhost`;
    const authority = [authorityId, teamId, domain];
    await pool.query("insert into authorities (id, team_id, slug, domain) values ($1, $2, 'ssh', $3)", authority);
    await pool.query("insert into hosts (team_id, hostname) values ($1, 'web-1'), ($1, 'db-1')", [teamId]);
    await pool.query("insert into audit_log (team_id, event) values ($1, 'team.created')", [teamId]);
  }
  return { team, otherTeam, directory, otherDirectory };
}
