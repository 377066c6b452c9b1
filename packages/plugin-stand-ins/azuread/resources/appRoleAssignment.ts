import type { Definition } from "../../common/define";
import { text } from "../../common/values";
import type { Api } from "../api";

const id = { type: "string", required: true, replaces: true } as const;

/** `azuread.AppRoleAssignment`: assigns an application's role to a user, group or service principal. */
export const appRoleAssignment: Definition<Api> = {
  name: "azuread.AppRoleAssignment",
  inputs: { appRoleId: id, principalObjectId: id, resourceObjectId: id },
  outputs: ["principalDisplayName", "principalType", "resourceDisplayName"],

  async create(api, { appRoleId, principalObjectId: principalId, resourceObjectId: resourceId }, made) {
    const path = `/servicePrincipals/${text(resourceId)}`;
    await api.checkExists(path, `resourceObjectId: there is no service principal ${text(resourceId)}.`);
    const body = { "@odata.type": "#microsoft.graph.appRoleAssignment", appRoleId, principalId, resourceId };
    const answer = await api.postUntilReplicated(/Not a valid reference update/, `${path}/appRoleAssignedTo`, body, {
      eventuallyConsistent: true,
    });
    made(`${path}/appRoleAssignedTo/${answer.id}`);
  },

  async read(api, id) {
    const found = await api.get(id);
    return (
      found && {
        appRoleId: text(found["appRoleId"]),
        principalObjectId: text(found["principalId"]),
        resourceObjectId: text(found["resourceId"]),
        principalDisplayName: text(found["principalDisplayName"]),
        principalType: text(found["principalType"]),
        resourceDisplayName: text(found["resourceDisplayName"]),
      }
    );
  },

  delete: async (api, id) => void (await api.send("DELETE", id)),
};
