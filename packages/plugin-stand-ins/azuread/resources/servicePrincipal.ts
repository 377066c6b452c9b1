import { randomUUID } from "node:crypto";

import type { PropertyMap } from "@smallstep-ssh/usersync/host";
import { eq, where } from "@smallstep-ssh/usersync/clients";
import { areGuids, isGuid } from "../../common/inputs";
import { isSame } from "../../common/values";
import type { Api } from "../api";
import { resource } from "../config";
import { parseId } from "../ids";
import { addRelated, ownersAtOnce, related, setRelated } from "../owners";
import { servicePrincipalState } from "../servicePrincipalState";
import { text, textOrNull, texts } from "../shapes";

const odataType = { "@odata.type": "#microsoft.graph.servicePrincipal" };

/** Handler of `azuread.ServicePrincipal`, without single sign-on by SAML. */
export const servicePrincipal = resource({
  name: "azuread.ServicePrincipal",
  inputs: {
    clientId: { type: "text", required: true, replaces: true, check: isGuid },
    accountEnabled: { type: "flag", default: true },
    alternativeNames: { type: "texts" },
    appRoleAssignmentRequired: { type: "flag" },
    description: { type: "text" },
    loginUrl: { type: "text" },
    notes: { type: "text" },
    notificationEmailAddresses: { type: "texts" },
    owners: { type: "texts", check: areGuids },
    preferredSingleSignOnMode: { type: "text" },
    tags: { type: "texts", computed: true },
    useExisting: { type: "flag" },
  },
  outputs: [
    "appRoleIds",
    "appRoles",
    "applicationTenantId",
    "displayName",
    "featureTags",
    "features",
    "homepageUrl",
    "logoutUrl",
    "oauth2PermissionScopeIds",
    "oauth2PermissionScopes",
    "objectId",
    "redirectUris",
    "samlMetadataUrl",
    "servicePrincipalNames",
    "signInAudience",
    "type",
  ],

  async create(api, inputs, made) {
    const appId = text(inputs["clientId"]);
    const found = (await api.list(`/servicePrincipals?${where(eq("appId", appId))}`)) ?? [];
    if (found.length > 1) throw new Error(`clientId: ${found.length} service principals have the client id ${appId}.`);
    const [existing] = found;
    if (existing !== undefined && inputs["useExisting"] !== true) {
      throw new Error(
        `clientId: a service principal of ${appId} exists already (/servicePrincipals/${existing.id}): import it, or set useExisting.`,
      );
    }
    if (existing === undefined) await add(api, inputs, made);
    else {
      const id = `/servicePrincipals/${existing.id}`;
      made(id, { objectId: existing.id });
      await change(api, id, {}, inputs);
    }
  },

  async read(api, id) {
    parseId(id, "/servicePrincipals/:id");
    const found = await api.get(id);
    return found && { ...(await servicePrincipalState(api, found)), owners: await related(api, `${id}/owners`) };
  },

  update: change,

  async delete(api, id, state) {
    if (state["useExisting"] === true) {
      // The official provider sends this request too and ignores its result.
      await api.delete(id).catch(() => undefined);
      return;
    }
    await api.delete(id);
    await api.waitUntilDeleted(id);
  },
});

async function add(api: Api, inputs: PropertyMap, made: (id: string, outputs: PropertyMap) => void): Promise<void> {
  const { objectId: caller } = await api.caller();
  const others = texts(inputs["owners"]).filter((id) => id !== caller);
  const owners = [caller, ...others.slice(0, ownersAtOnce - 1)];
  const body = {
    ...common(inputs, texts(inputs["tags"])),
    ...odataType,
    appId: inputs["clientId"],
    description: `TERRAFORM_UPDATE_${randomUUID()}`,
    "owners@odata.bind": owners.map((owner) => api.reference(owner)),
  };
  const { id } = await api.retryUntilReplicated(/does not reference a valid application object/, () =>
    api.post("/servicePrincipals", body),
  );
  const path = `/servicePrincipals/${id}`;
  made(path, { objectId: id });
  await api.patch(
    path,
    { ...odataType, description: textOrNull(inputs["description"]) },
    { eventuallyConsistent: true },
  );
  await addRelated(api, `${path}/owners`, others.slice(ownersAtOnce - 1));
  if (!texts(inputs["owners"]).includes(caller)) await api.delete(`${path}/owners/${caller}/$ref`);
}

async function change(api: Api, id: string, state: PropertyMap, inputs: PropertyMap): Promise<void> {
  await api.patch(id, {
    ...odataType,
    ...common(inputs, texts(inputs["tags"] ?? state["tags"])),
    samlSingleSignOnSettings: { relayState: "" },
  });
  const wanted = inputs["owners"];
  // Like the official provider, an empty list removes no owner.
  if (texts(wanted).length > 0 && !isSame(state["owners"], wanted, false)) {
    await setRelated(api, `${id}/owners`, wanted);
  }
}

function common(inputs: PropertyMap, tags: string[]) {
  return {
    accountEnabled: inputs["accountEnabled"] === true,
    alternativeNames: texts(inputs["alternativeNames"]),
    appRoleAssignmentRequired: inputs["appRoleAssignmentRequired"] === true,
    description: textOrNull(inputs["description"]),
    loginUrl: textOrNull(inputs["loginUrl"]),
    notes: textOrNull(inputs["notes"]),
    notificationEmailAddresses: texts(inputs["notificationEmailAddresses"]),
    preferredSingleSignOnMode: textOrNull(inputs["preferredSingleSignOnMode"]),
    samlSingleSignOnSettings: {},
    tags,
  };
}
