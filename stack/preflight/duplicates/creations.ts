import * as entra from "./entra";
import { databaseRole } from "./database";
import type { Finder } from "./types";

/**
 * Resource types for which repeating a create silently makes a duplicate, or fails with an unhelpful error. Creating any other type in
 * the stack twice is idempotent.
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
