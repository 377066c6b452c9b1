import { createHash } from "node:crypto";

import type { PropertyMap } from "@smallstep-ssh/usersync/host";
import { isSuperuser } from "./membership";
import type { Server, Transaction } from "./server";

interface Row {
  name: string;
  superuser: boolean;
  inherit: boolean;
  createRole: boolean;
  createDatabase: boolean;
  login: boolean;
  replication: boolean;
  bypassRowLevelSecurity: boolean;
  connectionLimit: number;
  validUntil: string;
  config: string[] | null;
  roles: string[];
}

/**
 * Reads a role from the catalog. Properties that the catalog does not contain come from `state`. Returns `undefined` if
 * the role does not exist.
 */
export async function readRole(
  transaction: Transaction,
  server: Server,
  name: string,
  state: PropertyMap,
): Promise<PropertyMap | undefined> {
  const { rows } = await transaction.query<Row>(
    `SELECT rolname::text AS name, rolsuper AS superuser, rolinherit AS inherit, rolcreaterole AS "createRole",
            rolcreatedb AS "createDatabase", rolcanlogin AS login, rolreplication AS replication,
            rolbypassrls AS "bypassRowLevelSecurity", rolconnlimit AS "connectionLimit",
            coalesce(rolvaliduntil::text, 'infinity') AS "validUntil", rolconfig AS config,
            ARRAY(SELECT pg_get_userbyid(roleid)::text FROM pg_auth_members WHERE member = r.oid ORDER BY 1) AS roles
       FROM pg_roles AS r WHERE rolname = $1`,
    [name],
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  const { config, ...columns } = row;
  const settings = new Map((config ?? []).map((entry) => splitAt(entry, "=")));
  const password = await readPassword(transaction, server, row, state);
  return {
    ...columns,
    encryptedPassword: true,
    skipDropRole: state["skipDropRole"] ?? false,
    skipReassignOwned: state["skipReassignOwned"] ?? false,
    searchPath: nameList(settings.get("search_path")),
    assumeRole: settings.get("role") ?? "",
    statementTimeout: Number(settings.get("statement_timeout") ?? 0),
    idleInTransactionSessionTimeout: Number(settings.get("idle_in_transaction_session_timeout") ?? 0),
    ...(password === undefined ? {} : { password }),
  };
}

/**
 * Returns the password in the state unless the catalog shows another one. Only a superuser can read the catalog's
 * password. Like the official provider, it treats a SCRAM password as unchanged, because it cannot compare it.
 */
async function readPassword(transaction: Transaction, server: Server, row: Row, state: PropertyMap) {
  const known = typeof state["password"] === "string" ? state["password"] : undefined;
  if (!row.login || !server.settings.superuser) return known;
  const me = server.settings.databaseUsername;
  if (!(await isSuperuser(transaction, me))) {
    throw new Error(
      `superuser: the provider must read the password of role "${row.name}", but "${me}" is not a superuser. ` +
        "Set superuser to false in the provider's settings, so that it does not read passwords.",
    );
  }
  const { rows } = await transaction.query<{ hash: string }>(
    "SELECT coalesce(passwd, '') AS hash FROM pg_shadow WHERE usename = $1",
    [row.name],
  );
  const hash = rows[0]?.hash ?? "";
  const isClear = known !== undefined && known !== "" && !/^(md5|SCRAM-SHA-256)/.test(known);
  if (isClear && hash.startsWith("SCRAM-SHA-256")) return known;
  if (isClear && hash === md5(known, row.name)) return known;
  return hash;
}

function md5(password: string, role: string): string {
  return `md5${createHash("md5").update(`${password}${role}`).digest("hex")}`;
}

/** Parses the names in a `search_path`, such as `public, "$user"`. */
function nameList(text = ""): string[] {
  const names = text.match(/"(?:[^"]|"")*"|[^,\s]+/g) ?? [];
  return names.map((name) => (name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name));
}

function splitAt(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + 1)];
}
