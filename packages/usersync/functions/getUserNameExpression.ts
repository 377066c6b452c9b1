import { compile, ExpressionError, sourceExpression } from "entra-mappings";
import * as z from "zod/mini";

import { GraphError } from "../clients/graph/errors";
import { JobApi } from "../clients/graph/synchronization";
import { defineFunction } from "../host/define";
import { property } from "../host/properties";
import type { CallContext } from "../host/types";
import { findObjectMapping } from "../resources/attributeMappings/objectMapping";
import type { EntraConfig } from "../resources/entraConfig";

export const getUserNameExpression = defineFunction({
  token: "usersync:entra:getUserNameExpression",
  description:
    "Reads the expression that a synchronization job uses for `userName`, regardless of who configured it. Logs a warning " +
    "and returns nothing if it cannot be read. Needs Synchronization.Read.All.",
  inputs: { jobId: property("Full id of the synchronization job.", z.string()) },
  outputs: { expression: property("Expression. Absent if `userName` is not mapped.", z.optional(z.string())) },

  async invoke(ctx: CallContext<EntraConfig>, { jobId }) {
    try {
      const schema = await new JobApi(await ctx.config.graph(ctx.signal), jobId, { signal: ctx.signal }).getSchema();
      const place = schema && findObjectMapping(schema, "User", undefined);
      if (place === undefined || typeof place === "string") return {};
      const userName = place.mappings.find(({ targetAttributeName }) => targetAttributeName === "userName");
      if (userName?.source == null) return {};
      const expression = sourceExpression(userName.source);
      compile(expression);
      return { expression };
    } catch (error) {
      if (!(error instanceof GraphError) && !(error instanceof ExpressionError)) throw error;
      ctx.log("warning", `Cannot determine which users would be renamed: ${error.message}`);
      return {};
    }
  },
});
