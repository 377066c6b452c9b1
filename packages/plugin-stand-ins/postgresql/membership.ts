import type { Transaction } from "./server";
import { identifier } from "./sql";

/**
 * Runs `work` as a member of `roles`. A user who is not a superuser must be a member of a role to reassign its objects
 * or change privileges on them. The membership ends with the transaction.
 */
export async function asMemberOf(
  transaction: Transaction,
  roles: readonly string[],
  work: () => Promise<void>,
): Promise<void> {
  const me = await currentUser(transaction);
  if (await isSuperuser(transaction, me)) return work();
  const granted: string[] = [];
  const revoked: string[] = [];
  for (const role of roles) {
    // PostgreSQL rejects granting a superuser's role to another user.
    if (role === me || (await isSuperuser(transaction, role))) continue;
    // Two roles cannot be members of each other.
    if (await isMember(transaction, { role: me, member: role })) {
      await transaction.query(`REVOKE ${identifier(me)} FROM ${identifier(role)}`);
      revoked.push(role);
    }
    if (!(await isMember(transaction, { role, member: me }))) {
      await transaction.query(`GRANT ${identifier(role)} TO ${identifier(me)}`);
      granted.push(role);
    }
  }
  await work();
  for (const role of granted) await transaction.query(`REVOKE ${identifier(role)} FROM ${identifier(me)}`);
  for (const role of revoked) await transaction.query(`GRANT ${identifier(me)} TO ${identifier(role)}`);
}

/** Serializes changes to the privileges of a role or a database, because PostgreSQL rejects concurrent ones. */
export async function lock(transaction: Transaction, catalog: "pg_roles" | "pg_database", name: string): Promise<void> {
  const column = catalog === "pg_roles" ? "rolname" : "datname";
  await transaction.query("SET LOCAL statement_timeout = 0");
  await transaction.query(`SELECT pg_advisory_xact_lock(oid::bigint) FROM ${catalog} WHERE ${column} = $1`, [name]);
}

/** Returns the owners of a schema and, if `tables` is true, of its tables. */
export async function owners(transaction: Transaction, schema: string, tables: boolean): Promise<string[]> {
  const { rows } = await transaction.query<{ owner: string }>(
    `SELECT CASE WHEN owner = 'pg_database_owner'
              THEN (SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()) ELSE owner END AS owner
       FROM (SELECT pg_get_userbyid(nspowner) AS owner FROM pg_namespace WHERE nspname = $1
             UNION SELECT tableowner FROM pg_tables WHERE schemaname = $1 AND $2) AS owners`,
    [schema, tables],
  );
  return [...new Set(rows.map(({ owner }) => owner))];
}

export async function isSuperuser(transaction: Transaction, role: string): Promise<boolean> {
  const { rows } = await transaction.query<{ yes: boolean }>(
    "SELECT rolsuper AS yes FROM pg_roles WHERE rolname = $1",
    [role],
  );
  return rows[0]?.yes ?? false;
}

async function currentUser(transaction: Transaction): Promise<string> {
  const { rows } = await transaction.query<{ name: string }>("SELECT current_user::text AS name");
  return rows[0]!.name;
}

// Since PostgreSQL 16, the creator of a role gets a membership that allows administering the role but not acting as it.
async function isMember(transaction: Transaction, { role, member }: { role: string; member: string }) {
  const { rowCount } = await transaction.query(
    `SELECT 1 FROM pg_auth_members AS m
      WHERE pg_get_userbyid(roleid) = $1 AND pg_get_userbyid(member) = $2
        AND coalesce((to_jsonb(m) ->> 'set_option')::boolean, true)`,
    [role, member],
  );
  return (rowCount ?? 0) > 0;
}
