import { randomUUID } from "node:crypto";

import type { Application } from "./types";

/** Creates an application with every property that Graph returns. Unset properties are null. */
export function newApplication(given: Partial<Application> & Pick<Application, "displayName">): Application {
  return {
    id: randomUUID(),
    appId: randomUUID(),
    deletedDateTime: null,
    addIns: [],
    applicationTemplateId: null,
    appRoles: [],
    authenticationBehaviors: null,
    certification: null,
    createdDateTime: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
    defaultRedirectUri: null,
    description: null,
    disabledByMicrosoftStatus: null,
    groupMembershipClaims: null,
    identifierUris: [],
    isDeviceOnlyAuthSupported: null,
    isFallbackPublicClient: null,
    keyCredentials: [],
    nativeAuthenticationApisEnabled: null,
    notes: null,
    oauth2RequirePostResponse: false,
    optionalClaims: null,
    parentalControlSettings: { countriesBlockedForMinors: [], legalAgeGroupRule: "Allow" },
    passwordCredentials: [],
    publisherDomain: null,
    requestSignatureVerification: null,
    requiredResourceAccess: [],
    samlMetadataUrl: null,
    serviceManagementReference: null,
    servicePrincipalLockConfiguration: null,
    signInAudience: "AzureADMyOrg",
    tags: [],
    tokenEncryptionKeyId: null,
    uniqueName: null,
    ...given,
    ...complexProperties(given),
  };
}

/** Merges the given fields of complex properties such as `web` and `api`. Fields that a request omits keep their value. */
export function complexProperties(
  given: Record<string, unknown>,
  current: Record<string, unknown> = {},
): Record<string, unknown> {
  const merged = Object.entries(emptyComplex).map(([name, empty]) => {
    const before = (current[name] ?? empty) as Record<string, unknown>;
    const after = given[name] as Record<string, unknown> | null | undefined;
    if (after === undefined) return [name, before];
    if (after === null) return [name, empty];
    return [name, withImplicitGrant({ ...before, ...withoutAnnotations(after) }, before)];
  });
  return Object.fromEntries(merged) as Record<string, unknown>;
}

function withImplicitGrant(after: Record<string, unknown>, before: Record<string, unknown>): Record<string, unknown> {
  const grant = after["implicitGrantSettings"];
  if (typeof grant !== "object" || grant === null) return after;
  const previous = before["implicitGrantSettings"] as Record<string, unknown>;
  return { ...after, implicitGrantSettings: { ...previous, ...withoutAnnotations(grant as Record<string, unknown>) } };
}

/** Removes `@odata.*` members at every level, because Graph does not store them. */
export function withoutAnnotations<T>(value: T): T {
  if (Array.isArray(value)) return value.map((one: unknown) => withoutAnnotations(one)) as T;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([name]) => !name.includes("@odata."));
  return Object.fromEntries(entries.map(([name, one]) => [name, withoutAnnotations(one)])) as T;
}

const emptyComplex: Record<string, Record<string, unknown>> = {
  api: {
    acceptMappedClaims: null,
    knownClientApplications: [],
    requestedAccessTokenVersion: null,
    oauth2PermissionScopes: [],
    preAuthorizedApplications: [],
  },
  info: {
    logoUrl: null,
    marketingUrl: null,
    privacyStatementUrl: null,
    supportUrl: null,
    termsOfServiceUrl: null,
  },
  publicClient: { redirectUris: [] },
  spa: { redirectUris: [] },
  verifiedPublisher: { displayName: null, verifiedPublisherId: null, addedDateTime: null },
  web: {
    homePageUrl: null,
    logoutUrl: null,
    redirectUris: [],
    implicitGrantSettings: { enableAccessTokenIssuance: false, enableIdTokenIssuance: false },
    redirectUriSettings: [],
  },
};
