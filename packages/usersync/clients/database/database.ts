import { escapeInvisible } from "entra-mappings";
import pLimit from "p-limit";
import type { Client } from "pg";
import { registerSecret } from "../../output";
import { clientConfig, type DatabaseSettings } from "./settings";

/** A database error with a message for the user, on one line. */
export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
  constructor(
    message: string,
    /** Whether a retry can succeed: the database restarts or is unreachable. */
    readonly transient = false,
  ) {
    super(escapeInvisible(message));
  }
}

/** No team has the slug. The message counts the other teams, and does not name them. */
export class NoSuchTeam extends DatabaseError {}

/** Limits this process to four connections: a PostgreSQL server allows 100 by default, shared by all its clients. */
const limited = pLimit(4);

/** Runs `work` on one connection and always closes it. Calls beyond the limit wait. @throws DatabaseError */
export function withDatabase<T>(settings: DatabaseSettings, work: (client: Client) => Promise<T>): Promise<T> {
  return limited(() => connected(settings, work));
}

async function connected<T>(settings: DatabaseSettings, work: (client: Client) => Promise<T>): Promise<T> {
  // Load on demand: the plugin must answer the engine before it needs a database.
  const pg = await import("pg");
  registerSecret(settings.password);
  const client = new pg.Client(clientConfig(settings));
  // The next query reports a connection that breaks while idle.
  client.on("error", () => undefined);
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    throw toDatabaseError(error, settings);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function toDatabaseError(error: unknown, { host, port, name, username }: DatabaseSettings): Error {
  if (error instanceof DatabaseError) return error;
  const { code = "", message } = error as { code?: string; message: string };
  const where = `the folk database at ${host}:${port}`;
  switch (code) {
    case "28000":
      // The server's message names what it rejects: user, database, address or encryption.
      return new DatabaseError(`${where} rejected role "${username}": ${message}.`);
    case "28P01":
      return new DatabaseError(`${where} rejected role "${username}": wrong user name or password.`);
    case "3D000":
      return new DatabaseError(`${where}: there is no database "${name}".`);
    case "42P01":
    case "42703":
    case "42501":
      return new DatabaseError(`${where}, as role "${username}": ${message}.`);
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(code)) {
    return new DatabaseError(
      `${where} presents a certificate that is not trusted (${code}). Check sslmode and the root certificate.`,
    );
  }
  if (/^E[A-Z_]+$/.test(code)) return new DatabaseError(`${where} cannot be reached (${code}).`, true);
  return new DatabaseError(`${where}: ${message}.`, isTransient(code, message));
}

/**
 * Detects shutdown, start-up, too many connections and broken connections. node-postgres reports the last without a
 * code.
 */
function isTransient(code: string, message: string): boolean {
  return /^(57P0[1-3]|53300|08...)$/.test(code) || /^Connection terminated|timeout expired/.test(message);
}

/** Reads the directory that a team uses; `null` if it uses none. @throws NoSuchTeam, DatabaseError */
export async function readTeam(client: Client, slug: string): Promise<{ directoryId: string | null }> {
  const { rows } = await client.query<{ id: string | null }>(
    "select ssh_directory_id::text as id from teams where slug = $1",
    [slug],
  );
  if (rows.length === 1) return { directoryId: rows[0]!.id };
  if (rows.length > 1) throw new DatabaseError(`${rows.length} teams have the slug "${slug}", expected exactly one.`);
  throw new NoSuchTeam(`No team has the slug "${slug}" (${await count(client, "teams")} teams have another one).`);
}

/** Lists the slugs of the teams that use a directory, without the team `except`. */
export async function teamsUsing(client: Client, directoryId: string, except = ""): Promise<string[]> {
  const { rows } = await client.query<{ slug: string }>(
    "select slug from teams where ssh_directory_id::text = $1 and slug <> $2 order by slug",
    [directoryId.toLowerCase(), except],
  );
  return rows.map(({ slug }) => slug);
}

/**
 * Sets the directory of a team; `null` clears it.
 * @param check runs before the change, while other changes of this team and other teams' changes to this directory wait
 * @throws DatabaseError, without a change, unless exactly one row matches; the errors of `check`
 */
export async function writeTeam(
  client: Client,
  slug: string,
  directoryId: string | null,
  check: () => Promise<void> = async () => undefined,
): Promise<void> {
  await client.query("begin");
  try {
    await client.query("select 1 from teams where slug = $1 for update", [slug]);
    const key = `ssh_directory_id ${directoryId?.toLowerCase()}`;
    await client.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [key]);
    await check();
    const sql = "update teams set ssh_directory_id = $1 where slug = $2";
    const { rowCount } = await client.query(sql, [directoryId, slug]);
    if (rowCount !== 1) {
      throw new DatabaseError(`${rowCount} teams have the slug "${slug}", expected exactly one; nothing was changed.`);
    }
    await client.query("commit");
  } catch (error) {
    // A broken connection has ended the transaction.
    await client.query("rollback").catch(() => undefined);
    throw error;
  }
}

/** Validates and quotes a column name, because Smallstep does not document it and SQL has no parameters for names. */
function identifier(name: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_$]{0,62}$/.test(name)) {
    throw new DatabaseError(
      `directoryColumn: ${JSON.stringify(name)} is not a column name: use letters, digits, _ and $.`,
    );
  }
  if (name.toLowerCase() === "token") {
    throw new DatabaseError("directoryColumn: token holds the SCIM tokens: use the column with the directory's id.");
  }
  return `"${name}"`;
}

/** Reads the SCIM token of a directory. @throws DatabaseError unless exactly one row matches */
export async function readScimToken(client: Client, directoryId: string, directoryColumn: string): Promise<string> {
  const column = identifier(directoryColumn);
  const { rows } = await client.query<{ token: string }>(`select token from scim_logins where ${column}::text = $1`, [
    directoryId.toLowerCase(),
  ]);
  if (rows.length === 1) {
    registerSecret(rows[0]!.token);
    return rows[0]!.token;
  }
  if (rows.length > 1)
    throw new DatabaseError(
      `Directory ${directoryId} has ${rows.length} SCIM tokens, expected exactly one: set scim.token to the right one.`,
    );
  throw new DatabaseError(
    `scim_logins has no directory ${directoryId} in the column ${directoryColumn} ` +
      `(${await count(client, "scim_logins")} rows have another value).`,
  );
}

/** Counts the rows. Messages contain no values of other rows: they belong to other teams, and a column may hold tokens. */
async function count(client: Client, table: "teams" | "scim_logins"): Promise<number> {
  const { rows } = await client.query<{ count: number }>(`select count(*)::int from ${table}`);
  return rows[0]?.count ?? 0;
}
