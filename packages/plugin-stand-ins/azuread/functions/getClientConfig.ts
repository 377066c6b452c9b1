import type { FunctionHandler } from "@smallstep-ssh/usersync/host";
import { openApi, type AzureadConfig } from "../config";

/** Handler of `azuread.getClientConfig`: returns the caller's identity from the token. */
export const getClientConfig: FunctionHandler<AzureadConfig> = {
  async invoke(ctx) {
    const caller = await (await openApi(ctx)).caller();
    // The token has the tenant's id even if the configuration has a domain name.
    const clientId = ctx.config.settings.clientId ?? caller.clientId;
    const tenantId = caller.tenantId || (ctx.config.settings.tenantId ?? "");
    return { id: `${tenantId}-${clientId}-${caller.objectId}`, tenantId, clientId, objectId: caller.objectId };
  },
};
