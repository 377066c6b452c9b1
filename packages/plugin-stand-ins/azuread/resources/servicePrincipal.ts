import { randomUUID } from "node:crypto";

import { eq, where } from "@smallstep-ssh/usersync/clients";
import type { PropertyMap } from "@smallstep-ssh/usersync/host";
import type { Definition } from "../../common/define";
import { isSame, maps, text, texts } from "../../common/values";
import type { Api, Entity } from "../api";

const odataType = { "@odata.type": "#microsoft.graph.servicePrincipal" };

/** `azuread.ServicePrincipal`: the service principal of an app registration of this tenant. */
export const servicePrincipal: Definition<Api> = {
  name: "azuread.ServicePrincipal",
  inputs: {
    clientId: { type: "string", required: true, replaces: true },
    accountEnabled: { type: "boolean", default: true },
    appRoleAssignmentRequired: { type: "boolean" },
    owners: { type: "array" },
  },
  outputs: ["appRoleIds", "appRoles", "displayName", "objectId", "tags"],

  async create(api, inputs, made) {
    const appId = text(inputs["clientId"]);
    const [existing] = (await api.list(`/servicePrincipals?${where(eq("appId", appId))}`)) ?? [];
    if (existing !== undefined) {
      const path = `/servicePrincipals/${existing.id}`;
      throw new Error(`clientId: a service principal of ${appId} exists already (${path}): import it.`);
    }
    const { objectId: caller } = await api.caller();
    const declared = texts(inputs["owners"]);
    const owners = [caller, ...declared.filter((id) => id !== caller)];
    const { id } = await api.postUntilReplicated(
      /does not reference a valid application object/,
      "/servicePrincipals",
      {
        ...common(inputs, []),
        appId,
        description: `TERRAFORM_UPDATE_${randomUUID()}`,
        "owners@odata.bind": owners.map((owner) => api.reference(owner)),
      },
    );
    const path = `/servicePrincipals/${id}`;
    made(path, { objectId: id });
    await api.send("PATCH", path, { ...odataType, description: null }, { eventuallyConsistent: true });
    if (!declared.includes(caller)) await api.send("DELETE", `${path}/owners/${caller}/$ref`);
  },

  async read(api, id) {
    const found = await api.get(id);
    return found && { ...(await servicePrincipalState(api, found)), owners: await api.related(`${id}/owners`) };
  },

  async update(api, id, state, inputs) {
    const tags = texts(state["tags"]);
    await api.send("PATCH", id, { ...common(inputs, tags), samlSingleSignOnSettings: { relayState: "" } });
    const wanted = texts(inputs["owners"]);
    // Like the official provider, an empty list removes no owner.
    if (wanted.length > 0 && !isSame(state["owners"], wanted)) await api.setRelated(`${id}/owners`, wanted);
  },

  delete: (api, id) => api.delete(id),
};

function common(inputs: PropertyMap, tags: string[]) {
  return {
    ...odataType,
    accountEnabled: inputs["accountEnabled"] === true,
    alternativeNames: [],
    appRoleAssignmentRequired: inputs["appRoleAssignmentRequired"] === true,
    description: null,
    loginUrl: null,
    notes: null,
    notificationEmailAddresses: [],
    preferredSingleSignOnMode: null,
    samlSingleSignOnSettings: {},
    tags,
  };
}

/** Returns the outputs that the resource and the function share. */
export async function servicePrincipalState(api: Api, found: Entity): Promise<PropertyMap> {
  // The official provider sends this request for an output that the stand-in lacks.
  await api.get(`/beta/servicePrincipals/${found.id}?$select=samlMetadataUrl`);
  const roles = maps(found["appRoles"]).map((role) => ({
    allowedMemberTypes: texts(role["allowedMemberTypes"]),
    description: text(role["description"]),
    displayName: text(role["displayName"]),
    enabled: role["isEnabled"] === true,
    id: text(role["id"]),
    value: text(role["value"]),
  }));
  return {
    accountEnabled: found["accountEnabled"] === true,
    appRoleAssignmentRequired: found["appRoleAssignmentRequired"] === true,
    appRoleIds: Object.fromEntries(roles.filter(({ value }) => value !== "").map(({ value, id }) => [value, id])),
    appRoles: roles,
    clientId: text(found["appId"]),
    displayName: text(found["displayName"]),
    objectId: found.id,
    tags: texts(found["tags"]),
  };
}
