import { create } from "./properties";
import type { Application, Group, NewGroup, NewUser, ServicePrincipal, User } from "./types";

export function newUser(given: NewUser): User {
  const localPart = given.userPrincipalName.split("@")[0] ?? "";
  return create("user", {
    mailNickname: localPart.replace(/[^A-Za-z0-9._-]/g, ""),
    proxyAddresses: given.mail ? [`SMTP:${given.mail}`] : [],
    ...given,
  });
}

export function newGroup(given: NewGroup): Group {
  return create("group", { mailNickname: given.displayName.replace(/[^A-Za-z0-9._-]/g, "") || "group", ...given });
}

/** Creates a service principal of an application. */
export function newServicePrincipal(
  application: Application,
  tenantId: string,
  given: Partial<ServicePrincipal> = {},
): ServicePrincipal {
  return create("servicePrincipal", {
    appDescription: application.description,
    appOwnerOrganizationId: tenantId,
    tags: [...application.tags],
    ...given,
    ...mirrored(application),
  });
}

/** Returns the properties that a service principal copies from its application. */
export function mirrored(application: Application): Partial<ServicePrincipal> {
  const { appId, displayName, applicationTemplateId, appRoles, info, signInAudience, verifiedPublisher } = application;
  return {
    appId,
    displayName,
    applicationTemplateId,
    appRoles,
    info,
    signInAudience,
    verifiedPublisher,
    appDisplayName: displayName,
    oauth2PermissionScopes: application.api.oauth2PermissionScopes,
    replyUrls: [...application.web.redirectUris, ...application.publicClient.redirectUris],
    servicePrincipalNames: [appId, ...application.identifierUris],
  };
}
