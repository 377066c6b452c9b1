import * as z from "zod/mini";

import { missingPermissions } from "../clients/graph/token";
import { defineFunction } from "../host/define";
import { objectType, property } from "../host/properties";
import { type CallContext, InputErrors } from "../host/types";
import type { EntraConfig } from "../resources/entraConfig";

const neededPermission = objectType("usersync:entra:NeededPermission", "A permission that a deployment needs.", {
  anyOf: property("Permissions of which one is enough.", z.array(z.string())),
  why: property('Purpose that completes "lacks the permission X, ".', z.string()),
});

export const checkAccess = defineFunction({
  token: "usersync:entra:checkAccess",
  description:
    "Checks that Microsoft Graph accepts the provider's credentials, that they belong to a tenant, and that they have the " +
    "application permissions that a deployment needs. Does not check the permissions of a user.",
  inputs: {
    tenantId: property("Id of the tenant.", z.string()),
    permissions: property("Needed application permissions.", z.array(neededPermission)),
  },
  outputs: {
    problems: property("One sentence for each problem. Empty if the access is sufficient.", z.array(z.string())),
  },

  async invoke(ctx: CallContext<EntraConfig>, { tenantId, permissions }) {
    try {
      const graph = await ctx.config.graph(ctx.signal);
      const claims = await graph.claims();
      // A user's permissions come from directory roles, which no token lists. A token may also be opaque.
      if (claims === undefined || claims.scopes.length > 0) return { problems: [] };
      const application = `Microsoft Graph: the application ${claims.clientId ?? "in use"}`;
      const problems = missingPermissions(claims, permissions).map(
        (one) => `${application} lacks the application permission ${one}: add it and grant admin consent`,
      );
      if (claims.tenantId !== undefined && claims.tenantId.toLowerCase() !== tenantId.toLowerCase()) {
        problems.unshift(`tenantId: is ${tenantId}, but the credentials belong to tenant ${claims.tenantId}`);
      }
      return { problems };
    } catch (error) {
      const problems =
        error instanceof InputErrors
          ? error.lines.map((line) => `azuread:${line}`)
          : [`Microsoft Graph: ${error instanceof Error ? error.message : String(error)}`];
      return { problems: problems.map(ctx.redact) };
    }
  },
});
