import { withDatabase } from "@smallstep-ssh/usersync/clients";
import type { Finder } from "./types";

export const databaseRole: Finder = async (sources, { name }) => {
  if (typeof name !== "string") return [];
  const database = await sources.database();
  const found = await withDatabase(database, (client) =>
    client.query("select 1 from pg_roles where rolname = $1", [name]),
  );
  if (found.rowCount === 0) return [];
  return [{ description: `a database role "${name}" at ${database.host}`, importId: name, remedy: "drop it" }];
};
