import { InputErrors, type FunctionHandler, type PropertyMap } from "@smallstep-ssh/usersync/host";
import { eq, where } from "@smallstep-ssh/usersync/clients";
import type { Api, Entity } from "../api";
import { openApi, type AzureadConfig } from "../config";
import { servicePrincipalState } from "../servicePrincipalState";
import { text } from "../shapes";

/** Handler of `azuread.getServicePrincipal`: finds a service principal by object id, client id or display name. */
export const getServicePrincipal: FunctionHandler<AzureadConfig> = {
  async invoke(ctx, args) {
    const given = ["objectId", "clientId", "displayName"].filter((name) => text(args[name]) !== "");
    if (given.length !== 1) {
      const reason = "exactly one of objectId, clientId and displayName must be given.";
      throw new InputErrors([{ property: given[1] ?? "objectId", reason }]);
    }
    const api = await openApi(ctx);
    const objectId = text(args["objectId"]);
    const found = objectId === "" ? await find(api, args) : await api.get(`/servicePrincipals/${objectId}`);
    if (found === undefined) throw new Error(`objectId: there is no service principal ${objectId}.`);
    return {
      ...(await servicePrincipalState(api, found)),
      id: `/servicePrincipals/${found.id}`,
      samlSingleSignOns: [],
    };
  },
};

async function find(api: Api, args: PropertyMap): Promise<Entity> {
  const [property, input] = text(args["clientId"]) === "" ? ["displayName", "displayName"] : ["appId", "clientId"];
  const wanted = text(args[input]);
  const rows = (await api.list(`/servicePrincipals?${where(eq(property, wanted))}`)) ?? [];
  const found = rows.filter((one) => text(one[property]).toLowerCase() === wanted.toLowerCase());
  if (found.length !== 1 || found[0] === undefined) {
    throw new Error(`${input}: ${found.length || "no"} service principals have the ${input} "${wanted}".`);
  }
  return found[0];
}
