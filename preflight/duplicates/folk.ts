import { withFolk } from "../../provider/folk";
import type { Finder } from "./types";

export const databaseRole: Finder = async (sources, { name }) => {
  if (typeof name !== "string") return [];
  const folk = await sources.folk();
  const found = await withFolk(folk, (client) => client.query("select 1 from pg_roles where rolname = $1", [name]));
  if (found.rowCount === 0) return [];
  return [{ what: `a database role "${name}" at ${folk.host}`, importId: name, otherwise: "drop it" }];
};
