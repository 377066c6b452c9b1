import { isGuid } from "../../common/inputs";
import { resource } from "../config";
import { parseId } from "../ids";
import { text, texts } from "../shapes";

const odataType = { "@odata.type": "#microsoft.graph.oAuth2PermissionGrant" };

/**
 * Handler of `azuread.ServicePrincipalDelegatedPermissionGrant`: consent to delegated permissions for one user or for
 * all users.
 */
export const delegatedPermissionGrant = resource({
  name: "azuread.ServicePrincipalDelegatedPermissionGrant",
  inputs: {
    servicePrincipalObjectId: { type: "text", required: true, replaces: true, check: isGuid },
    resourceServicePrincipalObjectId: { type: "text", required: true, replaces: true, check: isGuid },
    claimValues: {
      type: "texts",
      required: true,
      check: (values: string[]) => (values.length === 0 ? "must name at least one permission." : undefined),
    },
    userObjectId: { type: "text", replaces: true, check: isGuid },
  },
  outputs: [],

  async create(api, inputs, made) {
    const clientId = text(inputs["servicePrincipalObjectId"]);
    const resourceId = text(inputs["resourceServicePrincipalObjectId"]);
    for (const id of [clientId, resourceId]) {
      if ((await api.get(`/servicePrincipals/${id}`)) === undefined) {
        throw new Error(`The tenant has no service principal ${id}, which the permission grant refers to.`);
      }
    }
    const user = text(inputs["userObjectId"]);
    const { id } = await api.post("/oauth2PermissionGrants", {
      ...odataType,
      clientId,
      resourceId,
      scope: texts(inputs["claimValues"]).join(" "),
      ...(user === "" ? { consentType: "AllPrincipals" } : { consentType: "Principal", principalId: user }),
    });
    made(`/oauth2PermissionGrants/${id}`);
  },

  async read(api, id) {
    parseId(id, "/oauth2PermissionGrants/:id");
    const found = await api.get(id);
    if (found === undefined) return undefined;
    return {
      servicePrincipalObjectId: text(found["clientId"]),
      resourceServicePrincipalObjectId: text(found["resourceId"]),
      claimValues: text(found["scope"])
        .split(" ")
        .filter((one) => one !== ""),
      userObjectId: text(found["principalId"]),
    };
  },

  update: (api, id, _state, inputs) => api.patch(id, { ...odataType, scope: texts(inputs["claimValues"]).join(" ") }),

  delete: (api, id) => api.delete(id),
});
