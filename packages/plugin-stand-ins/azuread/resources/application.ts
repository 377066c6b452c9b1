import { randomUUID } from "node:crypto";

import { isMap, type PropertyMap } from "@smallstep-ssh/usersync/host";
import type { Definition } from "../../common/define";
import { isSame, maps, text, texts } from "../../common/values";
import type { Api } from "../api";

const odataType = { "@odata.type": "#microsoft.graph.application" };
const fields = (value: unknown): PropertyMap => (isMap(value) ? value : {});

/** `azuread.Application`: an app registration. */
export const application: Definition<Api> = {
  name: "azuread.Application",
  inputs: {
    displayName: { type: "string", required: true },
    description: { type: "string" },
    signInAudience: { type: "string", default: "AzureADMyOrg" },
    owners: { type: "array" },
    publicClient: { type: "object" },
    requiredResourceAccesses: { type: "array" },
    optionalClaims: { type: "object" },
  },
  outputs: ["clientId", "objectId"],

  async create(api, inputs, made) {
    const { objectId: caller } = await api.caller();
    const declared = texts(inputs["owners"]);
    // The caller is the first owner, because it must own the application to change it. It is removed later unless the
    // program lists it.
    const owners = [caller, ...declared.filter((id) => id !== caller)];
    const always = alwaysSent(inputs);
    const { id, appId } = await api.send("POST", "/applications", {
      ...always,
      ...Object.assign({}, ...Object.values(bodies).map((body) => body(inputs))),
      api: { ...always.api, oauth2PermissionScopes: [] },
      appRoles: [],
      identifierUris: [],
      "owners@odata.bind": owners.map((owner) => api.reference(owner)),
    });
    const path = `/applications/${id}`;
    made(path, { objectId: id, clientId: text(appId) });
    for (const displayName of [`TERRAFORM_UPDATE_${randomUUID()}`, inputs["displayName"]]) {
      await api.send("PATCH", path, { ...odataType, displayName }, { eventuallyConsistent: true, busy: true });
    }
    if (!declared.includes(caller)) await api.send("DELETE", `${path}/owners/${caller}/$ref`);
  },

  async read(api, id) {
    const found = await api.get(id);
    if (found === undefined) return undefined;
    // The official provider sends this request for an output that the stand-in lacks.
    await api.get(`/beta${id}?$select=oauth2RequirePostResponse`);
    return {
      clientId: text(found["appId"]),
      description: text(found["description"]),
      displayName: text(found["displayName"]),
      objectId: found.id,
      optionalClaims: {
        idTokens: maps(fields(found["optionalClaims"])["idToken"]).map(({ name, source, ...claim }) => ({
          name: text(name),
          source: text(source),
          essential: claim["essential"] === true,
          additionalProperties: texts(claim["additionalProperties"]),
        })),
      },
      owners: await api.related(`${id}/owners`),
      publicClient: { redirectUris: texts(fields(found["publicClient"])["redirectUris"]) },
      requiredResourceAccesses: maps(found["requiredResourceAccess"]).map((one) => ({
        resourceAppId: text(one["resourceAppId"]),
        resourceAccesses: maps(one["resourceAccess"]).map(({ id, type }) => ({ id: text(id), type: text(type) })),
      })),
      signInAudience: text(found["signInAudience"]),
    };
  },

  async update(api, id, state, inputs) {
    const changed = Object.keys(bodies).filter((name) => !isSame(state[name], inputs[name]));
    await api.send("PATCH", id, {
      ...alwaysSent(inputs),
      ...Object.assign({}, ...changed.map((name) => bodies[name]?.(inputs))),
    });
    if (!isSame(state["owners"], inputs["owners"])) await api.setRelated(`${id}/owners`, texts(inputs["owners"]));
  },

  delete: (api, id) => api.delete(id),
};

/** Returns the properties that every request contains, so that values that the program does not set are unset. */
function alwaysSent({ displayName, description, signInAudience, publicClient }: PropertyMap) {
  return {
    ...odataType,
    api: { acceptMappedClaims: false, knownClientApplications: [], requestedAccessTokenVersion: 1 },
    description: text(description) || null,
    displayName,
    groupMembershipClaims: null,
    info: { marketingUrl: null, privacyStatementUrl: null, supportUrl: null, termsOfServiceUrl: null },
    isDeviceOnlyAuthSupported: false,
    isFallbackPublicClient: false,
    notes: null,
    publicClient: { redirectUris: texts(fields(publicClient)["redirectUris"]) },
    serviceManagementReference: null,
    signInAudience,
    spa: { redirectUris: [] },
    tags: [],
    web: {
      homePageUrl: null,
      logoutUrl: null,
      redirectUris: [],
      implicitGrantSettings: { enableAccessTokenIssuance: false, enableIdTokenIssuance: false },
    },
  };
}

/**
 * Converters from an input to the properties that an update contains only if the program changes the input. Otherwise
 * the service keeps its own values.
 */
const bodies: Record<string, (inputs: PropertyMap) => object> = {
  optionalClaims: ({ optionalClaims }) => ({
    optionalClaims: isMap(optionalClaims)
      ? {
          accessToken: [],
          idToken: maps(optionalClaims["idTokens"]).map((claim) => ({
            name: text(claim["name"]),
            essential: claim["essential"] === true,
            additionalProperties: texts(claim["additionalProperties"]),
          })),
          saml2Token: [],
        }
      : {},
  }),
  requiredResourceAccesses: ({ requiredResourceAccesses }) => ({
    requiredResourceAccess: maps(requiredResourceAccesses).map((one) => ({
      resourceAppId: text(one["resourceAppId"]),
      resourceAccess: maps(one["resourceAccesses"]).map(({ id, type }) => ({ id, type })),
    })),
  }),
};
