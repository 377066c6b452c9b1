/** A directory object as Graph returns it, with explicit nulls. */
export interface Entity {
  id: string;
  [property: string]: unknown;
}

export interface User extends Entity {
  userPrincipalName: string;
  displayName: string;
  givenName: string | null;
  surname: string | null;
  mail: string | null;
  mailNickname: string | null;
  accountEnabled: boolean;
  userType: "Member" | "Guest";
}

export interface Group extends Entity {
  displayName: string;
  description: string | null;
  mailNickname: string;
  securityEnabled: boolean;
  mailEnabled: boolean;
  groupTypes: string[];
}

export interface AppRole {
  id: string;
  allowedMemberTypes: string[];
  description: string | null;
  displayName: string;
  isEnabled: boolean;
  origin?: string;
  value: string | null;
}

export interface PasswordCredential {
  keyId: string;
  displayName: string | null;
  startDateTime: string;
  endDateTime: string;
  hint: string;
  customKeyIdentifier: null;
  secretText: string | null;
}

export interface Application extends Entity {
  appId: string;
  displayName: string;
  applicationTemplateId: string | null;
  appRoles: AppRole[];
  tags: string[];
  passwordCredentials: PasswordCredential[];
}

export interface ServicePrincipal extends Entity {
  appId: string;
  displayName: string;
  applicationTemplateId: string | null;
  appRoles: AppRole[];
  appRoleAssignmentRequired: boolean;
  accountEnabled: boolean;
  tags: string[];
}

export interface AppRoleAssignment extends Entity {
  appRoleId: string;
  createdDateTime: string;
  principalDisplayName: string;
  principalId: string;
  principalType: "User" | "Group" | "ServicePrincipal";
  resourceDisplayName: string;
  resourceId: string;
}

export interface Domain {
  id: string;
  isDefault: boolean;
  isInitial: boolean;
  isVerified: boolean;
  [property: string]: unknown;
}

export type ObjectType = "user" | "group" | "application" | "servicePrincipal";

export interface KeyValue {
  key: string;
  value: string;
}
