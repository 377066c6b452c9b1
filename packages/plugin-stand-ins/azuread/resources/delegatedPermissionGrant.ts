import type { Definition } from "../../common/define";
import { text, texts } from "../../common/values";
import type { Api } from "../api";

const odataType = { "@odata.type": "#microsoft.graph.oAuth2PermissionGrant" };

/** `azuread.ServicePrincipalDelegatedPermissionGrant`: consent to delegated permissions for all users. */
export const delegatedPermissionGrant: Definition<Api> = {
  name: "azuread.ServicePrincipalDelegatedPermissionGrant",
  inputs: {
    servicePrincipalObjectId: { type: "string", required: true, replaces: true },
    resourceServicePrincipalObjectId: { type: "string", required: true, replaces: true },
    claimValues: { type: "array", required: true },
  },
  outputs: [],

  async create(api, inputs, made) {
    const clientId = text(inputs["servicePrincipalObjectId"]);
    const resourceId = text(inputs["resourceServicePrincipalObjectId"]);
    for (const id of [clientId, resourceId]) {
      const problem = `The tenant has no service principal ${id}, which the permission grant refers to.`;
      await api.checkExists(`/servicePrincipals/${id}`, problem);
    }
    const scope = texts(inputs["claimValues"]).join(" ");
    const body = { ...odataType, clientId, resourceId, scope, consentType: "AllPrincipals" };
    made(`/oauth2PermissionGrants/${(await api.send("POST", "/oauth2PermissionGrants", body)).id}`);
  },

  async read(api, id) {
    const found = await api.get(id);
    return (
      found && {
        servicePrincipalObjectId: text(found["clientId"]),
        resourceServicePrincipalObjectId: text(found["resourceId"]),
        claimValues: text(found["scope"]).split(" ").filter(Boolean),
      }
    );
  },

  async update(api, id, _state, { claimValues }) {
    await api.send("PATCH", id, { ...odataType, scope: texts(claimValues).join(" ") });
  },

  delete: async (api, id) => void (await api.send("DELETE", id)),
};
