import type { FunctionHandler } from "../../../../provider/host";
import { openApi, type AzureadConfig } from "../config";

/** `azuread.getClientConfig`: who calls, as the token says. */
export const getClientConfig: FunctionHandler<AzureadConfig> = {
  async invoke(ctx) {
    const caller = await (await openApi(ctx)).caller();
    // What was configured counts, unless it is a domain's name: then the token knows the tenant's id.
    const clientId = ctx.config.settings.clientId ?? caller.clientId;
    const tenantId = caller.tenantId || (ctx.config.settings.tenantId ?? "");
    return { id: `${tenantId}-${clientId}-${caller.objectId}`, tenantId, clientId, objectId: caller.objectId };
  },
};
