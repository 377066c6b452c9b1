import type { PropertyMap, PropertyValue } from "@smallstep-ssh/usersync/host";
import { isSame } from "../common/values";
import type { Entity } from "./api";
import { rolesBody } from "./appRoles";
import { appRolesOf, featuresOf, flag, idsByValue, maps, scopesOf, text, textOrNull, texts } from "./shapes";

type Fields = Record<string, unknown>;
const fields = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
const orNull = (value: unknown) => textOrNull(value as PropertyValue);

/** Returns the properties that every request contains, so that values that the program does not set are unset. */
export function alwaysSent(inputs: PropertyMap): Fields {
  const [api, web] = [fields(inputs["api"]), fields(inputs["web"])];
  const implicit = fields(web["implicitGrant"]);
  const claims = texts(inputs["groupMembershipClaims"]);
  return {
    api: {
      acceptMappedClaims: flag(api["mappedClaimsEnabled"]),
      knownClientApplications: texts(api["knownClientApplications"]),
      requestedAccessTokenVersion: api["requestedAccessTokenVersion"] ?? 1,
    },
    description: orNull(inputs["description"]),
    displayName: inputs["displayName"],
    groupMembershipClaims: claims.length === 0 ? null : claims.join(","),
    info: {
      marketingUrl: orNull(inputs["marketingUrl"]),
      privacyStatementUrl: orNull(inputs["privacyStatementUrl"]),
      supportUrl: orNull(inputs["supportUrl"]),
      termsOfServiceUrl: orNull(inputs["termsOfServiceUrl"]),
    },
    isDeviceOnlyAuthSupported: flag(inputs["deviceOnlyAuthEnabled"]),
    isFallbackPublicClient: flag(inputs["fallbackPublicClientEnabled"]),
    notes: orNull(inputs["notes"]),
    publicClient: { redirectUris: texts(fields(inputs["publicClient"])["redirectUris"]) },
    serviceManagementReference: orNull(inputs["serviceManagementReference"]),
    signInAudience: inputs["signInAudience"],
    spa: { redirectUris: texts(fields(inputs["singlePageApplication"])["redirectUris"]) },
    tags: texts(inputs["tags"]),
    web: {
      homePageUrl: orNull(web["homepageUrl"]),
      logoutUrl: orNull(web["logoutUrl"]),
      redirectUris: texts(web["redirectUris"]),
      implicitGrantSettings: {
        enableAccessTokenIssuance: flag(implicit["accessTokenIssuanceEnabled"]),
        enableIdTokenIssuance: flag(implicit["idTokenIssuanceEnabled"]),
      },
    },
  };
}

const claimNames = { accessToken: "accessTokens", idToken: "idTokens", saml2Token: "saml2Tokens" } as const;

/** Converters from an input to its part of the request. */
const bodies: Record<string, (inputs: PropertyMap) => Fields> = {
  appRoles: (inputs) => ({ appRoles: rolesBody(inputs["appRoles"]) }),
  identifierUris: (inputs) => ({ identifierUris: texts(inputs["identifierUris"]) }),
  optionalClaims: (inputs) => ({ optionalClaims: claimsBody(inputs["optionalClaims"]) }),
  requiredResourceAccesses: (inputs) => ({
    requiredResourceAccess: maps(inputs["requiredResourceAccesses"]).map((one) => ({
      resourceAppId: text(one["resourceAppId"]),
      resourceAccess: maps(one["resourceAccesses"]).map(({ id, type }) => ({ id, type })),
    })),
  }),
};

function claimsBody(optionalClaims: PropertyMap[string] | undefined): Fields {
  if (optionalClaims === undefined) return {};
  return Object.fromEntries(
    Object.entries(claimNames).map(([name, claimName]) => [
      name,
      maps(fields(optionalClaims)[claimName]).map((claim) => ({
        name: text(claim["name"]),
        essential: flag(claim["essential"]),
        additionalProperties: texts(claim["additionalProperties"]),
        ...(text(claim["source"]) === "" ? {} : { source: claim["source"] }),
      })),
    ]),
  );
}

/** Returns the body of the create request, which contains all properties that an update can set. */
export function onCreation(inputs: PropertyMap): Fields {
  const always = alwaysSent(inputs);
  const all = Object.fromEntries(Object.entries(bodies).map(([name, body]) => [name, body(inputs)]));
  return Object.assign(
    always,
    { api: { ...fields(always["api"]), oauth2PermissionScopes: [] } },
    ...Object.values(all),
  );
}

/**
 * Returns the properties that a request contains only if the program changes them. Otherwise the service keeps its own
 * values.
 */
export function ifChanged(state: PropertyMap, inputs: PropertyMap): Fields {
  const changed = Object.entries(bodies).filter(([name]) => !isSame(state[name], inputs[name], false));
  return Object.assign({}, ...changed.map(([, body]) => body(inputs))) as Fields;
}

/** Converts an application to azuread's outputs, without its owners, which need a separate request. */
export function applicationState(found: Entity): PropertyMap {
  const [api, info, web] = [fields(found["api"]), fields(found["info"]), fields(found["web"])];
  const [implicit, claims] = [fields(web["implicitGrantSettings"]), fields(found["optionalClaims"])];
  const groupClaims = found["groupMembershipClaims"];
  const optionalClaims: PropertyMap = Object.fromEntries(
    Object.entries(claimNames).map(([name, claimName]) => [
      claimName,
      maps(claims[name]).map((claim) => ({
        name: text(claim["name"]),
        source: text(claim["source"]),
        essential: flag(claim["essential"]),
        additionalProperties: texts(claim["additionalProperties"]),
      })),
    ]),
  );
  const version = api["requestedAccessTokenVersion"];
  return {
    api: {
      knownClientApplications: texts(api["knownClientApplications"]),
      mappedClaimsEnabled: flag(api["acceptMappedClaims"]),
      oauth2PermissionScopes: scopesOf(api["oauth2PermissionScopes"]),
      requestedAccessTokenVersion: typeof version === "number" ? version : 1,
    },
    appRoleIds: idsByValue(found["appRoles"]),
    appRoles: appRolesOf(found["appRoles"]),
    clientId: text(found["appId"]),
    description: text(found["description"]),
    deviceOnlyAuthEnabled: flag(found["isDeviceOnlyAuthSupported"]),
    disabledByMicrosoft: text(found["disabledByMicrosoftStatus"]),
    displayName: text(found["displayName"]),
    fallbackPublicClientEnabled: flag(found["isFallbackPublicClient"]),
    featureTags: featuresOf(found["tags"]).featureTags,
    groupMembershipClaims: typeof groupClaims === "string" ? groupClaims.split(",").map((one) => one.trim()) : [],
    identifierUris: texts(found["identifierUris"]),
    logoUrl: text(info["logoUrl"]),
    marketingUrl: text(info["marketingUrl"]),
    notes: text(found["notes"]),
    oauth2PermissionScopeIds: idsByValue(api["oauth2PermissionScopes"]),
    objectId: found.id,
    optionalClaims,
    privacyStatementUrl: text(info["privacyStatementUrl"]),
    publicClient: { redirectUris: texts(fields(found["publicClient"])["redirectUris"]) },
    publisherDomain: text(found["publisherDomain"]),
    requiredResourceAccesses: maps(found["requiredResourceAccess"]).map((one) => ({
      resourceAppId: text(one["resourceAppId"]),
      resourceAccesses: maps(one["resourceAccess"]).map(({ id, type }) => ({ id: text(id), type: text(type) })),
    })),
    serviceManagementReference: text(found["serviceManagementReference"]),
    signInAudience: text(found["signInAudience"]),
    singlePageApplication: { redirectUris: texts(fields(found["spa"])["redirectUris"]) },
    supportUrl: text(info["supportUrl"]),
    tags: texts(found["tags"]),
    templateId: text(found["applicationTemplateId"]),
    termsOfServiceUrl: text(info["termsOfServiceUrl"]),
    web: {
      homepageUrl: text(web["homePageUrl"]),
      logoutUrl: text(web["logoutUrl"]),
      redirectUris: texts(web["redirectUris"]),
      implicitGrant: {
        accessTokenIssuanceEnabled: flag(implicit["enableAccessTokenIssuance"]),
        idTokenIssuanceEnabled: flag(implicit["enableIdTokenIssuance"]),
      },
    },
  };
}
