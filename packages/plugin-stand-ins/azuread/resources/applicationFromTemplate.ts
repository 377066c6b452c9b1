import { isMap } from "@smallstep-ssh/usersync/host";
import type { Definition } from "../../common/define";
import { text } from "../../common/values";
import type { Api } from "../api";

/** `azuread.ApplicationFromTemplate`: an application and its service principal, both created from a template. */
export const applicationFromTemplate: Definition<Api> = {
  name: "azuread.ApplicationFromTemplate",
  inputs: {
    displayName: { type: "string", required: true },
    templateId: { type: "string", required: true, replaces: true },
  },
  outputs: ["applicationId", "applicationObjectId", "servicePrincipalId", "servicePrincipalObjectId"],

  async create(api, { displayName, templateId }, made) {
    const path = `/applicationTemplates/${text(templateId)}/instantiate`;
    const answer = await api.send("POST", path, { displayName });
    const [application, servicePrincipal] = ["application", "servicePrincipal"].map((name) => {
      const part = answer[name];
      if (!isMap(part) || text(part["id"]) === "") throw new Error(`The response contains no ${name}.`);
      return text(part["id"]);
    });
    made(`${path}/${application}/${servicePrincipal}`, {
      applicationId: `/applications/${application}`,
      servicePrincipalId: `/servicePrincipals/${servicePrincipal}`,
    });
    const isThere = async () => (await api.get(`/applications/${application}`)) !== undefined;
    await api.until(`the new application ${application}`, isThere);
  },

  async read(api, id) {
    const { templateId, application, servicePrincipal } = parse(id);
    // Like the official provider, this does not read the service principal and does not detect its deletion.
    const found = await api.get(`/applications/${application}`);
    return (
      found && {
        displayName: text(found["displayName"]),
        templateId,
        applicationId: `/applications/${application}`,
        applicationObjectId: application,
        servicePrincipalId: `/servicePrincipals/${servicePrincipal}`,
        servicePrincipalObjectId: servicePrincipal,
      }
    );
  },

  async update(api, id, _state, { displayName }) {
    const body = { "@odata.type": "#microsoft.graph.application", displayName };
    await api.send("PATCH", `/applications/${parse(id).application}`, body);
  },

  delete: async (api, id) => void (await api.send("DELETE", `/applications/${parse(id).application}`)),
};

function parse(id: string) {
  const [, , templateId, , application, servicePrincipal] = id.split("/");
  return { templateId, application, servicePrincipal };
}
