import * as entra from "./entra";
import { databaseRole } from "./folk";
import type { Finder } from "./types";

export type { Duplicate, Inputs, Sources } from "./types";

/**
 * The types of which the service would make a second one without a word, or refuse to in a way that says nothing of what to do. Of all
 * others in the stack a second creation changes what the first one made.
 */
export const finders: Readonly<Record<string, Finder>> = {
  "azuread:index/application:Application": entra.application,
  "azuread:index/applicationFromTemplate:ApplicationFromTemplate": entra.applicationFromTemplate,
  "azuread:index/applicationPassword:ApplicationPassword": entra.applicationPassword,
  "azuread:index/appRoleAssignment:AppRoleAssignment": entra.appRoleAssignment,
  "azuread:index/group:Group": entra.group,
  "azuread:index/servicePrincipal:ServicePrincipal": entra.servicePrincipal,
  "azuread:index/servicePrincipalDelegatedPermissionGrant:ServicePrincipalDelegatedPermissionGrant":
    entra.delegatedPermissionGrant,
  "azuread:index/synchronizationJob:SynchronizationJob": entra.synchronizationJob,
  "postgresql:index/role:Role": databaseRole,
};
