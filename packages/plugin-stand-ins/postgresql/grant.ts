import { escapeIdentifier } from "pg";
import { withDatabase, type DatabaseSettings } from "@smallstep-ssh/usersync/clients";
import type { PropertyMap } from "@smallstep-ssh/usersync/host";
import type { Definition } from "../common/define";
import { texts } from "../common/values";

/**
 * `postgresql.Grant` of one privilege on columns of one table. Like in the official provider, every change except to
 * the privileges replaces the grant.
 */
export const grant: Definition<DatabaseSettings> = {
  name: "postgresql.Grant",
  inputs: {
    role: { type: "string", required: true, replaces: true },
    database: { type: "string", required: true, replaces: true },
    schema: { type: "string", required: true, replaces: true },
    objectType: { type: "string", required: true, replaces: true },
    objects: { type: "array", required: true, replaces: true },
    columns: { type: "array", required: true, replaces: true },
    privileges: { type: "array", required: true },
  },
  outputs: [],

  async create(server, wanted, made) {
    const { role, database, schema, objectType, objects, columns } = wanted;
    if (objectType !== "column") throw new Error(`objectType: the stand-in supports only "column".`);
    await run(server, database, [...revoke(wanted), statement("GRANT", wanted)]);
    made([role, database, schema, objectType, ...texts(objects), ...texts(columns)].map(String).join("_"));
  },

  read(server, id, state) {
    if (state["role"] === undefined) throw new Error(`postgresql.Grant ${id}: a grant cannot be imported.`);
    return withDatabase(inDatabase(server, state["database"]), async (client) => {
      const role = await client.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [state["role"]]);
      if (role.rowCount === 0) return undefined;
      const { rows } = await client.query<{ column: string }>(
        `SELECT attname::text AS column
           FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace JOIN pg_attribute AS a ON a.attrelid = c.oid,
                LATERAL aclexplode(a.attacl) AS acl JOIN pg_roles AS r ON r.oid = acl.grantee
          WHERE nspname = $1 AND relname = $2 AND rolname = $3 AND privilege_type = $4 AND NOT attisdropped`,
        [state["schema"], texts(state["objects"])[0], state["role"], texts(state["privileges"])[0]],
      );
      const granted = rows.map(({ column }) => column);
      return { ...state, columns: texts(state["columns"]).filter((column) => granted.includes(column)) };
    });
  },

  update: (server, _id, state, wanted) =>
    run(server, wanted["database"], [...revoke(state), statement("GRANT", wanted)]),

  delete: (server, _id, state) => run(server, state["database"], revoke(state)),
};

function inDatabase(server: DatabaseSettings, name: unknown): DatabaseSettings {
  return { ...server, name: String(name) };
}

/** Runs statements in one transaction, so that the role never loses its privileges. */
function run(server: DatabaseSettings, database: unknown, statements: readonly string[]): Promise<void> {
  return withDatabase(inDatabase(server, database), async (client) => {
    await client.query(["BEGIN", ...statements, "COMMIT"].join(";\n"));
  });
}

/** Returns no statement if a refresh found no granted column, because there is nothing to revoke. */
function revoke(state: PropertyMap): string[] {
  return texts(state["columns"]).length === 0 ? [] : [statement("REVOKE", state)];
}

function statement(verb: "GRANT" | "REVOKE", { schema, objects, columns, privileges, role }: PropertyMap): string {
  const list = texts(columns).map(escapeIdentifier).join(", ");
  const granted = texts(privileges).map((privilege) => `${privilege} (${list})`);
  const table = [String(schema), ...texts(objects)].map(escapeIdentifier).join(".");
  return `${verb} ${granted.join(", ")} ON TABLE ${table} ${verb === "GRANT" ? "TO" : "FROM"} ${escapeIdentifier(String(role))}`;
}
