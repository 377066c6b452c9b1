import { privilegesOf, type GrantTarget } from "./grantSql";
import type { Server, Transaction } from "./server";

/**
 * Reads a grant from the catalog: its privileges and, for a grant on columns, the columns that still have them. Returns
 * `undefined` if the database, the role or the schema does not exist.
 */
export async function readGrant(
  server: Server,
  target: GrantTarget,
): Promise<Pick<GrantTarget, "privileges" | "columns"> | undefined> {
  const { database, role, schema, objectType } = target;
  const isPresent = await server.transaction(
    async (transaction) =>
      (await exists(transaction, "SELECT 1 FROM pg_database WHERE datname = $1", database)) &&
      (role === "public" || (await exists(transaction, "SELECT 1 FROM pg_roles WHERE rolname = $1", role))),
  );
  if (!isPresent) return undefined;
  return server.transaction(async (transaction) => {
    const inSchema = objectType !== "database";
    if (inSchema && !(await exists(transaction, "SELECT 1 FROM pg_namespace WHERE nspname = $1", schema)))
      return undefined;
    if (objectType === "column") return { ...target, columns: await grantedColumns(transaction, target) };
    return { ...target, privileges: await grantedPrivileges(transaction, target) };
  }, database);
}

async function exists(transaction: Transaction, query: string, name: string): Promise<boolean> {
  return ((await transaction.query(query, [name])).rowCount ?? 0) > 0;
}

async function grantedColumns(transaction: Transaction, target: GrantTarget): Promise<string[]> {
  const { rows } = await transaction.query<{ column: string; privileges: string[] }>(
    `SELECT attname::text AS column, array_agg(privilege_type::text) AS privileges
       FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace JOIN pg_attribute AS a ON a.attrelid = c.oid,
            LATERAL aclexplode(a.attacl) AS acl
      WHERE nspname = $1 AND relname = $2 AND relkind IN ('r', 'p') AND NOT attisdropped AND grantee = ${granteeId}
      GROUP BY attname`,
    [target.schema, target.objects[0] ?? "", target.role],
  );
  const granted = new Set(rows.filter(({ privileges }) => isGranted(target, privileges)).map(({ column }) => column));
  return target.columns.filter((column) => granted.has(column));
}

/**
 * Returns the requested privileges if each object has exactly these, otherwise those of the first object that differs.
 */
async function grantedPrivileges(transaction: Transaction, target: GrantTarget): Promise<string[]> {
  const { objectType, database, schema, objects } = target;
  const source = {
    database: { from: "pg_database", where: "datname = $1", name: "datname", acl: "datacl" },
    schema: { from: "pg_namespace", where: "nspname = $1", name: "nspname", acl: "nspacl" },
    table: {
      from: "pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace",
      where: "nspname = $1 AND relkind IN ('r', 'p')",
      name: "relname",
      acl: "relacl",
    },
  }[objectType as "database" | "schema" | "table"];
  const { rows } = await transaction.query<{ name: string; privileges: string[] }>(
    `SELECT ${source.name}::text AS name,
            ARRAY(SELECT privilege_type::text FROM aclexplode(${source.acl}) WHERE grantee = ${granteeIdOf("$2")}) AS privileges
       FROM ${source.from} WHERE ${source.where} ORDER BY 1`,
    [objectType === "database" ? database : schema, target.role],
  );
  const granted =
    objectType === "table" && objects.length > 0 ? rows.filter(({ name }) => objects.includes(name)) : rows;
  if (objects.some((object) => !granted.some(({ name }) => name === object))) return [];
  return granted.find(({ privileges }) => !isGranted(target, privileges))?.privileges ?? target.privileges;
}

const granteeIdOf = (parameter: string) =>
  `(CASE WHEN ${parameter} = 'public' THEN 0 ELSE (SELECT oid FROM pg_roles WHERE rolname = ${parameter}) END)`;
const granteeId = granteeIdOf("$3");

function isGranted({ privileges, objectType }: GrantTarget, granted: readonly string[]): boolean {
  const has = new Set(granted);
  if (objectType === "column") {
    // Other grants may grant other privileges on the same column.
    return expand(privileges, objectType).every((one) => has.has(one));
  }
  const wanted = new Set(privileges.includes("ALL") ? expand(privileges, objectType) : privileges);
  // Servers before version 17 do not support MAINTAIN.
  if (privileges.includes("ALL") && !has.has("MAINTAIN")) wanted.delete("MAINTAIN");
  return wanted.size === has.size && [...wanted].every((one) => has.has(one));
}

function expand(privileges: readonly string[], objectType: GrantTarget["objectType"]): string[] {
  return privileges.includes("ALL") ? privilegesOf[objectType].filter((one) => one !== "ALL") : [...privileges];
}
