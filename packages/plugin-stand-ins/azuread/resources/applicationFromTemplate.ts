import { isGuid, isNotEmpty } from "../../common/inputs";
import { resource } from "../config";
import { parseId } from "../ids";
import { text } from "../shapes";

const form = "/applicationTemplates/:template/instantiate/:application/:servicePrincipal";

/**
 * Handler of `azuread.ApplicationFromTemplate`: an application and its service principal, both created from a template.
 */
export const applicationFromTemplate = resource({
  name: "azuread.ApplicationFromTemplate",
  inputs: {
    displayName: { type: "text", required: true, check: isNotEmpty },
    templateId: { type: "text", required: true, replaces: true, check: isGuid },
  },
  outputs: ["applicationId", "applicationObjectId", "servicePrincipalId", "servicePrincipalObjectId"],

  async create(api, inputs, made) {
    const templateId = text(inputs["templateId"]);
    const { displayName } = inputs;
    const answer = await api.post(`/applicationTemplates/${templateId}/instantiate`, { displayName });
    const [application, servicePrincipal] = ["application", "servicePrincipal"].map(
      (name) => (answer[name] as { id?: string } | undefined)?.id,
    );
    if (!application || !servicePrincipal)
      throw new Error("The response contains no application or no service principal.");
    made(`/applicationTemplates/${templateId}/instantiate/${application}/${servicePrincipal}`, {
      applicationId: `/applications/${application}`,
      servicePrincipalId: `/servicePrincipals/${servicePrincipal}`,
    });
    const path = `/applications/${application}`;
    await api.until(`the new application ${application}`, async () => (await api.get(path)) !== undefined);
  },

  async read(api, id) {
    const [templateId = "", application = "", servicePrincipal = ""] = parseId(id, form);
    // Like the official provider, this does not read the service principal and does not detect its deletion.
    const found = await api.get(`/applications/${application}`);
    if (found === undefined) return undefined;
    return {
      displayName: text(found["displayName"]),
      templateId,
      applicationId: `/applications/${application}`,
      applicationObjectId: application,
      servicePrincipalId: `/servicePrincipals/${servicePrincipal}`,
      servicePrincipalObjectId: servicePrincipal,
    };
  },

  async update(api, id, _state, { displayName }) {
    const [, application = ""] = parseId(id, form);
    await api.patch(`/applications/${application}`, {
      "@odata.type": "#microsoft.graph.application",
      displayName,
    });
  },

  async delete(api, id) {
    const [, application = ""] = parseId(id, form);
    await api.delete(`/applications/${application}`);
  },
});
