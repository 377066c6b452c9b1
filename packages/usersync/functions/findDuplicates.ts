import * as z from "zod/mini";

import { withDatabase } from "../clients/database/database";
import { databaseSettings, type SmallstepConfig } from "../clients/database/providerSettings";
import { GraphError } from "../clients/graph/errors";
import { defineFunction } from "../host/define";
import { objectType, property } from "../host/properties";
import type { CallContext } from "../host/types";
import type { EntraConfig } from "../resources/entraConfig";
import { type Duplicate, entraFinders } from "./duplicates";

const duplicate = objectType("usersync:index:Duplicate", "An existing object that matches a resource.", {
  description: property('Noun phrase: `an application named "Smallstep SSH" (object id ...)`.', z.string()),
  importId: property("Id for `pulumi import`. Absent if the object cannot be imported.", z.optional(z.string())),
  remedy: property("How to resolve the conflict without an import: `rename or delete it`.", z.string()),
});

export const findDuplicates = defineFunction({
  token: "usersync:index:findDuplicates",
  description:
    "Finds existing objects that creating a resource would duplicate. An interrupted run leaves such objects: the service has " +
    "created the object, but the engine has not recorded it. Finds nothing for other types, whose creation is idempotent, and " +
    "while an input is missing that identifies the object.",
  inputs: {
    type: property("Type of the resource, of azuread or postgresql.", z.string()),
    inputs: property("Known inputs of the resource that are text.", z.record(z.string(), z.string())),
  },
  outputs: {
    duplicates: property("The objects.", z.array(duplicate)),
    forbidden: property("Why the search is not allowed: the name of the missing permission.", z.optional(z.string())),
  },

  async invoke(ctx: CallContext<EntraConfig & SmallstepConfig>, { type, inputs }) {
    if (type === "postgresql:index/role:Role") return { duplicates: await findRole(ctx, inputs["name"]) };
    const find = entraFinders[type];
    if (find === undefined) return { duplicates: [] };
    try {
      const found = await find(await ctx.config.graph(ctx.signal), inputs);
      return {
        duplicates: found.map(({ description, importId, remedy }) => ({
          description: ctx.redact(description),
          importId,
          remedy: ctx.redact(remedy),
        })),
      };
    } catch (error) {
      if (!(error instanceof GraphError) || error.status !== 403) throw error;
      return { duplicates: [], forbidden: ctx.redact(error.message) };
    }
  },
});

async function findRole(ctx: CallContext<SmallstepConfig>, name: string | undefined): Promise<Duplicate[]> {
  if (name === undefined) return [];
  const settings = await databaseSettings(ctx.config.database);
  const { rowCount } = await withDatabase(settings, (client) =>
    client.query("select 1 from pg_roles where rolname = $1", [name]),
  );
  if (rowCount === 0) return [];
  return [{ description: `a database role "${name}" at ${settings.host}`, importId: name, remedy: "drop it" }];
}
