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

/** The platform's database and its seeded content. */
export interface Database {
  host: string;
  port: number;
  name: "folk";
  superuser: Login;
  /** Owns the tables and can create roles. Not a superuser. */
  deployer: Login;
  /** The team to deploy for. It uses no directory yet. */
  team: { slug: string; authorityId: string };
  /** Another team, with its own directory. A deployment must not change it. */
  otherTeam: { slug: string; directoryId: string };
  /** The directory that `team` uses after the deployment. */
  directory: SeededDirectory;
  otherDirectory: SeededDirectory;
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
  let pool: Pool | undefined;
  try {
    await withClient({ ...connection, database: "postgres" }, (client) => client.query("create database folk"));
    const client = new Pool({ ...connection, database: "folk", max: 4, allowExitOnIdle: true });
    pool = client;
    client.on("error", () => undefined);
    const deployer = { username: "deployer", password: generateTestSecret() };
    await createTables(client, deployer);
    const seeded = await seed(client);
    return {
      host: "localhost",
      port: server.port,
      name: "folk",
      superuser: server.superuser,
      deployer,
      ...seeded,
      guardianPid: server.guardianPid,
      query: async <Row extends QueryResultRow>(sql: string, params: unknown[] = []) =>
        (await client.query<Row>(sql, params)).rows,
      close: async () => {
        await client.end();
        await server.close();
      },
    };
  } catch (error) {
    await pool?.end();
    await server.close();
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

async function seed(pool: Pool): Promise<Pick<Database, "team" | "otherTeam" | "directory" | "otherDirectory">> {
  const directory = { id: randomUUID(), token: generateTestSecret() };
  const otherDirectory = { id: randomUUID(), token: generateTestSecret() };
  const team = { slug: "acme", authorityId: randomUUID() };
  const otherTeam = { slug: "globex", directoryId: otherDirectory.id };
  const teams: [typeof directory, string, string, string, string | null][] = [
    [directory, team.slug, "Acme Corporation", team.authorityId, null],
    [otherDirectory, otherTeam.slug, "Globex Inc.", randomUUID(), otherDirectory.id],
  ];
  for (const [{ id, token }, slug, name, authorityId, uses] of teams) {
    const { rows } = await pool.query<{ id: string }>(
      "insert into teams (slug, name, ssh_directory_id) values ($1, $2, $3) returning id",
      [slug, name, uses],
    );
    const teamId = rows[0]?.id;
    const domain = `ssh.${slug}.ca.smallstep.localhost`;
    await pool.query("insert into directories (id, team_id, name) values ($1, $2, 'Entra ID')", [id, teamId]);
    await pool.query("insert into scim_logins (directory_id, token) values ($1, $2)", [id, token]);
    await pool.query("insert into authorities (id, team_id, slug, domain) values ($1, $2, 'ssh', $3)", [
      authorityId,
      teamId,
      domain,
    ]);
    await pool.query("insert into hosts (team_id, hostname) values ($1, 'web-1'), ($1, 'db-1')", [teamId]);
    await pool.query("insert into audit_log (team_id, event) values ($1, 'team.created')", [teamId]);
  }
  return { team, otherTeam, directory, otherDirectory };
}

async function withClient(config: ClientConfig, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client(config);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
