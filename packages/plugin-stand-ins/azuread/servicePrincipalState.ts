import type { PropertyMap } from "@smallstep-ssh/usersync/host";
import type { Api, Entity } from "./api";
import { appRolesOf, featuresOf, flag, idsByValue, scopesOf, text, texts } from "./shapes";

/** Returns the outputs that the resource and the function share for a service principal. */
export async function servicePrincipalState(api: Api, found: Entity): Promise<PropertyMap> {
  const saml = await api.get(`/servicePrincipals/${found.id}?$select=samlMetadataUrl`, { version: "beta" });
  const clientId = text(found["appId"]);
  return {
    accountEnabled: flag(found["accountEnabled"]),
    alternativeNames: texts(found["alternativeNames"]),
    appRoleAssignmentRequired: flag(found["appRoleAssignmentRequired"]),
    appRoleIds: idsByValue(found["appRoles"]),
    appRoles: appRolesOf(found["appRoles"]),
    applicationTenantId: text(found["appOwnerOrganizationId"]),
    clientId,
    description: text(found["description"]),
    displayName: text(found["displayName"]),
    ...featuresOf(found["tags"]),
    homepageUrl: text(found["homepage"]),
    loginUrl: text(found["loginUrl"]),
    logoutUrl: text(found["logoutUrl"]),
    notes: text(found["notes"]),
    notificationEmailAddresses: texts(found["notificationEmailAddresses"]),
    oauth2PermissionScopeIds: idsByValue(found["oauth2PermissionScopes"]),
    oauth2PermissionScopes: scopesOf(found["oauth2PermissionScopes"]),
    objectId: found.id,
    preferredSingleSignOnMode: text(found["preferredSingleSignOnMode"]),
    redirectUris: texts(found["replyUrls"]),
    samlMetadataUrl: text(saml?.["samlMetadataUrl"]),
    // The list also contains the client id, which is a separate output.
    servicePrincipalNames: texts(found["servicePrincipalNames"]).filter((name) => name !== clientId),
    signInAudience: text(found["signInAudience"]),
    tags: texts(found["tags"]),
    type: text(found["servicePrincipalType"]),
  };
}
