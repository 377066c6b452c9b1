import { randomUUID } from "node:crypto";

import { eq, where } from "@smallstep-ssh/usersync/clients";
import type { PropertyMap } from "@smallstep-ssh/usersync/host";
import { areGuids, isNotEmpty } from "../../common/inputs";
import { isMap, isSame, pruned } from "../../common/values";
import { disableRoles } from "../appRoles";
import { alwaysSent, applicationState, ifChanged, onCreation } from "../applicationBody";
import { resource } from "../config";
import { parseId } from "../ids";
import { addRelated, ownersAtOnce, related, setRelated } from "../owners";
import { flag, text, texts } from "../shapes";

const odataType = { "@odata.type": "#microsoft.graph.application" };
const audiences = [
  "AzureADMyOrg",
  "AzureADMultipleOrgs",
  "AzureADandPersonalMicrosoftAccount",
  "PersonalMicrosoftAccount",
];
const isAudience = (value: string): string | undefined =>
  audiences.includes(value) ? undefined : `"${value}" is not one of ${audiences.join(", ")}.`;

const isUsualApi = ({ requestedAccessTokenVersion, ...others }: PropertyMap): boolean =>
  requestedAccessTokenVersion === 1 && pruned(others) === undefined;

/** Returns whether `web` holds at most the home page, which the service adds itself. */
const isUnusedWeb = ({ redirectUris, implicitGrant }: PropertyMap): boolean =>
  pruned(redirectUris) === undefined && pruned(implicitGrant) === undefined;

/** Handler of `azuread.Application`, without the inputs for a template, a logo and a password. */
export const application = resource({
  name: "azuread.Application",
  inputs: {
    displayName: { type: "text", required: true, check: isNotEmpty },
    description: { type: "text" },
    signInAudience: { type: "text", default: "AzureADMyOrg", check: isAudience },
    owners: { type: "texts", check: areGuids },
    api: { type: "object", fields: { requestedAccessTokenVersion: 1 }, isUnset: isUsualApi },
    appRoles: { type: "list", fields: { enabled: true } },
    publicClient: { type: "object" },
    singlePageApplication: { type: "object" },
    web: { type: "object", isUnset: isUnusedWeb },
    requiredResourceAccesses: { type: "list" },
    optionalClaims: { type: "object" },
    groupMembershipClaims: { type: "texts" },
    identifierUris: { type: "texts" },
    tags: { type: "texts", computed: true },
    notes: { type: "text" },
    fallbackPublicClientEnabled: { type: "flag" },
    deviceOnlyAuthEnabled: { type: "flag" },
    serviceManagementReference: { type: "text" },
    marketingUrl: { type: "text" },
    privacyStatementUrl: { type: "text" },
    supportUrl: { type: "text" },
    termsOfServiceUrl: { type: "text" },
    preventDuplicateNames: { type: "flag" },
  },
  outputs: [
    "appRoleIds",
    "clientId",
    "disabledByMicrosoft",
    "featureTags",
    "logoUrl",
    "oauth2PermissionScopeIds",
    "oauth2PostResponseRequired",
    "objectId",
    "publisherDomain",
    "templateId",
  ],

  check({ api }) {
    return isMap(api) && api["oauth2PermissionScopes"] !== undefined
      ? [{ property: "api.oauth2PermissionScopes", reason: "is not supported by the stand-in for azuread." }]
      : [];
  },

  async create(api, inputs, made) {
    const displayName = text(inputs["displayName"]);
    if (inputs["preventDuplicateNames"] === true) {
      const found = (await api.list(`/applications?${where(eq("displayName", displayName))}`)) ?? [];
      if (found.length > 0) throw new Error(`displayName: an application named "${displayName}" exists.`);
    }
    const { objectId: caller } = await api.caller();
    const others = texts(inputs["owners"]).filter((id) => id !== caller);
    // The caller is the first owner, because it must own the application to change it. It is removed later unless the
    // program lists it.
    const owners = [caller, ...others.slice(0, ownersAtOnce - 1)];
    const { id, appId } = await api.post("/applications", {
      ...odataType,
      ...onCreation(inputs),
      "owners@odata.bind": owners.map((owner) => api.reference(owner)),
    });
    const path = `/applications/${id}`;
    made(path, { objectId: id, clientId: text(appId) });
    for (const name of [`TERRAFORM_UPDATE_${randomUUID()}`, displayName]) {
      await api.patch(path, { ...odataType, displayName: name }, { eventuallyConsistent: true, busy: true });
    }
    await addRelated(api, `${path}/owners`, others.slice(ownersAtOnce - 1));
    if (!texts(inputs["owners"]).includes(caller)) await api.delete(`${path}/owners/${caller}/$ref`);
  },

  async read(api, id) {
    parseId(id, "/applications/:id");
    const found = await api.get(id);
    if (found === undefined) return undefined;
    const post = await api.get(`${id}?$select=oauth2RequirePostResponse`, { version: "beta" });
    const owners = await related(api, `${id}/owners`);
    return {
      ...applicationState(found),
      oauth2PostResponseRequired: flag(post?.["oauth2RequirePostResponse"]),
      owners,
    };
  },

  async update(api, id, state, inputs) {
    if (!isSame(state["appRoles"], inputs["appRoles"], false)) await disableRoles(api, id, inputs["appRoles"]);
    const tags = inputs["tags"] ?? state["tags"];
    await api.patch(id, {
      ...odataType,
      ...alwaysSent({ ...inputs, ...(tags === undefined ? {} : { tags }) }),
      ...ifChanged(state, inputs),
    });
    if (!isSame(state["owners"], inputs["owners"], false)) await setRelated(api, `${id}/owners`, inputs["owners"]);
  },

  async delete(api, id) {
    await api.delete(id);
    await api.waitUntilDeleted(id);
  },
});
