import type { Client } from "pg";
import { clientConfig, type DatabaseSettings } from "./settings";
import { limitConcurrency } from "../turns";

/** A failure of the database in words; the message never holds the password. */
export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
  constructor(
    message: string,
    /** Whether asking again may help: the database restarts, or cannot be reached. */
    readonly transient = false,
  ) {
    super(message);
  }
}

/** There is no team of that slug; the message names those that there are. */
export class NoSuchTeam extends DatabaseError {}

/** Connections that this process has at once: a database server allows a hundred by default, to all who use it. */
const limited = limitConcurrency(4);

/** Runs `work` on one connection, closed whatever happens. With many teams, each waits for its turn. */
export function withDatabase<T>(settings: DatabaseSettings, work: (client: Client) => Promise<T>): Promise<T> {
  return limited(() => connected(settings, work));
}

async function connected<T>(settings: DatabaseSettings, work: (client: Client) => Promise<T>): Promise<T> {
  // Loaded when needed: a plugin has to answer before it has a database to ask.
  const pg = await import("pg");
  const client = new pg.Client(clientConfig(settings));
  // A connection that breaks while idle is reported by the query that follows.
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
      // Says which of user, database, address and encryption the server does not take.
      return new DatabaseError(`${where} refused role "${username}": ${message}.`);
    case "28P01":
      return new DatabaseError(`${where} refused role "${username}": wrong user name or password.`);
    case "3D000":
      return new DatabaseError(`${where}: there is no database "${name}".`);
    case "42P01":
    case "42703":
    case "42501":
      return new DatabaseError(`${where}, as role "${username}": ${message}.`);
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(code)) {
    return new DatabaseError(`${where} has a certificate that is not trusted (${code}).`);
  }
  if (/^E[A-Z_]+$/.test(code)) return new DatabaseError(`${where} cannot be reached (${code}).`, true);
  return new DatabaseError(`${where}: ${message}.`, isTransient(code, message));
}

/** Shutting down, starting up, too many connections, or a connection that broke, which node-postgres says in words only. */
function isTransient(code: string, message: string): boolean {
  return /^(57P0[1-3]|53300|08...)$/.test(code) || /^Connection terminated|timeout expired/.test(message);
}

/** The directory that a team uses; `null` for none. */
export async function readTeam(client: Client, slug: string): Promise<{ directoryId: string | null }> {
  const { rows } = await client.query<{ id: string | null }>(
    "select ssh_directory_id::text as id from teams where slug = $1",
    [slug],
  );
  if (rows.length === 1) return { directoryId: rows[0]!.id };
  if (rows.length > 1) throw new DatabaseError(`${rows.length} teams have the slug "${slug}", wanted exactly one.`);
  const known = await client.query<{ slug: string }>("select slug from teams order by slug limit 20");
  throw new NoSuchTeam(`No team has the slug "${slug}" (known: ${list(known.rows.map((row) => row.slug))}).`);
}

/** Slugs of the teams that use a directory, but for one. */
export async function teamsUsing(client: Client, directoryId: string, except = ""): Promise<string[]> {
  const { rows } = await client.query<{ slug: string }>(
    "select slug from teams where ssh_directory_id::text = $1 and slug <> $2 order by slug",
    [directoryId.toLowerCase(), except],
  );
  return rows.map(({ slug }) => slug);
}

/** Points a team at a directory, or at none. Exactly one row changes, or it is an error and none does. */
export async function writeTeam(client: Client, slug: string, directoryId: string | null): Promise<void> {
  await client.query("begin");
  const { rowCount } = await client.query("update teams set ssh_directory_id = $1 where slug = $2", [
    directoryId,
    slug,
  ]);
  if (rowCount !== 1) {
    await client.query("rollback");
    throw new DatabaseError(`${rowCount} teams have the slug "${slug}", wanted exactly one; nothing was changed.`);
  }
  await client.query("commit");
}

/** A column name that Smallstep does not document; checked, then quoted, since SQL has no parameters for names. */
function identifier(name: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_$]{0,62}$/.test(name)) {
    throw new DatabaseError(
      `directoryColumn: ${JSON.stringify(name)} is not a column name (letters, digits, _ and $).`,
    );
  }
  return `"${name}"`;
}

/** The SCIM token of a directory. */
export async function readScimToken(client: Client, directoryId: string, directoryColumn: string): Promise<string> {
  const column = identifier(directoryColumn);
  const { rows } = await client.query<{ token: string }>(`select token from scim_logins where ${column}::text = $1`, [
    directoryId.toLowerCase(),
  ]);
  if (rows.length === 1) return rows[0]!.token;
  if (rows.length > 1)
    throw new DatabaseError(
      `Directory ${directoryId} has ${rows.length} SCIM tokens, wanted exactly one: say which in scim.token.`,
    );
  const known = await client.query<{ id: string }>(`select ${column}::text as id from scim_logins order by 1 limit 20`);
  throw new DatabaseError(
    `scim_logins has no directory ${directoryId} (known: ${list(known.rows.map((row) => row.id))}).`,
  );
}

function list(values: readonly string[]): string {
  return values.length === 0 ? "none" : values.join(", ");
}
