import { escapeIdentifier, escapeLiteral } from "pg";
import { withDatabase, type DatabaseSettings } from "@smallstep-ssh/usersync/clients";
import type { PropertyMap } from "@smallstep-ssh/usersync/host";
import type { Definition } from "../common/define";

/**
 * `postgresql.Role`. Like in the official provider, a new name renames the role, and no change replaces it. The role
 * owns no objects, so its deletion reassigns none.
 */
export const role: Definition<DatabaseSettings> = {
  name: "postgresql.Role",
  inputs: {
    name: { type: "string", required: true },
    password: { type: "string" },
    login: { type: "boolean" },
    connectionLimit: { type: "number", default: -1 },
    skipReassignOwned: { type: "boolean" },
  },
  outputs: [],
  secretOutputs: ["password"],

  async create(server, wanted, made) {
    const others = "VALID UNTIL 'infinity' NOSUPERUSER NOCREATEDB NOCREATEROLE INHERIT NOBYPASSRLS NOREPLICATION";
    await run(server, `CREATE ROLE ${name(wanted)} WITH ${others} ${options(wanted)}`);
    made(String(wanted["name"]));
  },

  read(server, id, state) {
    // Use the name in the state, because a rename does not change the id.
    const current = String(state["name"] ?? id);
    return withDatabase(server, async (client) => {
      const { rows } = await client.query<PropertyMap>(
        `SELECT rolname::text AS name, rolcanlogin AS login, rolconnlimit AS "connectionLimit" FROM pg_roles
          WHERE rolname = $1`,
        [current],
      );
      const { password, skipReassignOwned = false } = state;
      return rows[0] && { ...rows[0], password, skipReassignOwned };
    });
  },

  async update(server, _id, state, wanted) {
    if (state["name"] !== wanted["name"]) await run(server, `ALTER ROLE ${name(state)} RENAME TO ${name(wanted)}`);
    await run(server, `ALTER ROLE ${name(wanted)} WITH ${options(wanted)}`);
  },

  delete: (server, _id, state) => run(server, `DROP ROLE IF EXISTS ${name(state)}`),
};

function run(server: DatabaseSettings, statement: string): Promise<void> {
  return withDatabase(server, async (client) => void (await client.query(statement)));
}

function name(role: PropertyMap): string {
  return escapeIdentifier(String(role["name"]));
}

function options({ login, connectionLimit, password }: PropertyMap): string {
  const secret = password ? ` ENCRYPTED PASSWORD ${escapeLiteral(String(password))}` : "";
  return `${login === true ? "LOGIN" : "NOLOGIN"} CONNECTION LIMIT ${Number(connectionLimit)}${secret}`;
}
