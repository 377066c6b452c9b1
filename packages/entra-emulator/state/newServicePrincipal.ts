import { randomUUID } from "node:crypto";

import type { Application, ServicePrincipal } from "./types";

/** Creates a service principal of an application with every property that Graph returns. */
export function newServicePrincipal(
  application: Application,
  tenantId: string,
  given: Partial<ServicePrincipal> = {},
): ServicePrincipal {
  return {
    id: randomUUID(),
    deletedDateTime: null,
    accountEnabled: true,
    addIns: [],
    alternativeNames: [],
    appDescription: application["description"] ?? null,
    appOwnerOrganizationId: tenantId,
    appRoleAssignmentRequired: false,
    createdDateTime: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
    customSecurityAttributes: null,
    description: null,
    disabledByMicrosoftStatus: null,
    homepage: null,
    keyCredentials: [],
    loginUrl: null,
    logoutUrl: null,
    notes: null,
    notificationEmailAddresses: [],
    passwordCredentials: [],
    preferredSingleSignOnMode: null,
    preferredTokenSigningKeyThumbprint: null,
    resourceSpecificApplicationPermissions: [],
    samlMetadataUrl: null,
    samlSingleSignOnSettings: null,
    servicePrincipalType: "Application",
    tokenEncryptionKeyId: null,
    ...given,
    ...mirrored(application),
    tags: given.tags ?? [...application.tags],
  };
}

/** Returns the properties that a service principal copies from its application. */
export function mirrored(
  application: Application,
): Pick<ServicePrincipal, "appId" | "displayName" | "applicationTemplateId" | "appRoles"> & Record<string, unknown> {
  const api = (application["api"] ?? {}) as Record<string, unknown>;
  const web = (application["web"] ?? {}) as Record<string, unknown>;
  const publicClient = (application["publicClient"] ?? {}) as Record<string, unknown>;
  const replyUrls = [
    ...((web["redirectUris"] as string[]) ?? []),
    ...((publicClient["redirectUris"] as string[]) ?? []),
  ];
  return {
    appId: application.appId,
    appDisplayName: application.displayName,
    displayName: application.displayName,
    applicationTemplateId: application.applicationTemplateId,
    appRoles: application.appRoles,
    oauth2PermissionScopes: api["oauth2PermissionScopes"] ?? [],
    info: application["info"],
    replyUrls,
    servicePrincipalNames: [application.appId, ...((application["identifierUris"] as string[]) ?? [])],
    signInAudience: application["signInAudience"],
    verifiedPublisher: application["verifiedPublisher"],
  };
}
