import { isGuid } from "../../common/inputs";
import { resource } from "../config";
import { parseId } from "../ids";
import { text } from "../shapes";

const form = "/servicePrincipals/:resource/appRoleAssignedTo/:assignment";

/** Handler of `azuread.AppRoleAssignment`: assigns an application's role to a user, group or service principal. */
export const appRoleAssignment = resource({
  name: "azuread.AppRoleAssignment",
  inputs: {
    appRoleId: { type: "text", required: true, replaces: true, check: isGuid },
    principalObjectId: { type: "text", required: true, replaces: true, check: isGuid },
    resourceObjectId: { type: "text", required: true, replaces: true, check: isGuid },
  },
  outputs: ["principalDisplayName", "principalType", "resourceDisplayName"],

  async create(api, inputs, made) {
    const { appRoleId, principalObjectId: principalId, resourceObjectId: resourceId } = inputs;
    const path = `/servicePrincipals/${text(resourceId)}`;
    if ((await api.get(path)) === undefined) {
      throw new Error(`resourceObjectId: there is no service principal ${text(resourceId)}.`);
    }
    const answer = await api.retryUntilReplicated(/Not a valid reference update/, () =>
      api.post(
        `${path}/appRoleAssignedTo`,
        { "@odata.type": "#microsoft.graph.appRoleAssignment", appRoleId, principalId, resourceId },
        { eventuallyConsistent: true },
      ),
    );
    made(`/servicePrincipals/${text(answer["resourceId"])}/appRoleAssignedTo/${answer.id}`);
  },

  async read(api, id) {
    parseId(id, form);
    const found = await api.get(id);
    if (found === undefined) return undefined;
    return {
      appRoleId: text(found["appRoleId"]),
      principalObjectId: text(found["principalId"]),
      resourceObjectId: text(found["resourceId"]),
      principalDisplayName: text(found["principalDisplayName"]),
      principalType: text(found["principalType"]),
      resourceDisplayName: text(found["resourceDisplayName"]),
    };
  },

  delete: (api, id) => api.delete(id),
});
