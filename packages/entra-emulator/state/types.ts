// The declarations of zod need the globals of Node.js.
/// <reference types="node" preserve="true" />
import { randomUUID } from "node:crypto";

import { z } from "zod";

/** An object as Graph returns it, with explicit nulls. */
export interface Entity {
  id: string;
  [property: string]: unknown;
}

export interface KeyValue {
  key: string;
  value: string;
}

/** A GUID in lower case. */
export const guid = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);

// The default is the value of a property that a request omits or sets to null.
const id = guid.default(() => randomUUID());
const now = z.string().default(() => new Date().toISOString().replace(/\.\d+Z$/, "Z"));
const name = z.string().min(1).max(256);
const text = z.string().nullable().default(null);
const flag = z.boolean().nullable().default(null);
const json = z.unknown().default(null);
const strings = z.array(z.string()).default(() => []);
const list = z.array(z.unknown()).default(() => []);

function each<K extends string, T>(type: T, ...names: K[]): Record<K, T> {
  return Object.fromEntries(names.map((one) => [one, type])) as Record<K, T>;
}

export const appRole = z.object({
  id: guid,
  allowedMemberTypes: z.array(z.string()).min(1),
  description: text,
  displayName: name,
  isEnabled: z.boolean().default(true),
  origin: z.string().default("Application"),
  value: text,
});
export type AppRole = z.infer<typeof appRole>;

const passwordCredential = z.object({
  customKeyIdentifier: z.null(),
  displayName: text,
  endDateTime: z.string(),
  hint: z.string(),
  keyId: z.string(),
  secretText: z.null(),
  startDateTime: z.string(),
});
export type PasswordCredential = z.infer<typeof passwordCredential>;

const info = z
  .looseObject(each(text, "logoUrl", "marketingUrl", "privacyStatementUrl", "supportUrl", "termsOfServiceUrl"))
  .prefault({});
const verifiedPublisher = z.looseObject(each(text, "displayName", "verifiedPublisherId", "addedDateTime")).prefault({});
const extensionAttributes = Array.from({ length: 15 }, (_, index) => `extensionAttribute${index + 1}`);

const user = z.strictObject({
  id,
  userPrincipalName: z.string().min(1),
  displayName: name,
  accountEnabled: z.boolean().default(true),
  userType: z.enum(["Member", "Guest"]).default("Member"),
  ...each(now, "createdDateTime", "lastPasswordChangeDateTime", "signInSessionsValidFromDateTime"),
  ...each(text, "givenName", "surname", "mail", "mailNickname", "mobilePhone", "jobTitle", "officeLocation"),
  ...each(text, "department", "companyName", "employeeId", "employeeType", "employeeHireDate", "employeeLeaveDateTime"),
  ...each(text, "streetAddress", "city", "state", "postalCode", "country", "usageLocation", "preferredLanguage"),
  ...each(text, "deletedDateTime", "aboutMe", "ageGroup", "birthday", "consentProvidedForMinor", "faxNumber"),
  ...each(text, "creationType", "externalUserState", "externalUserStateChangeDateTime", "legalAgeGroupClassification"),
  ...each(text, "onPremisesDistinguishedName", "onPremisesDomainName", "onPremisesImmutableId"),
  ...each(text, "onPremisesLastSyncDateTime", "onPremisesSamAccountName", "onPremisesSecurityIdentifier"),
  ...each(text, "onPremisesUserPrincipalName", "passwordPolicies", "preferredDataLocation", "securityIdentifier"),
  ...each(flag, "isManagementRestricted", "isResourceAccount", "onPremisesSyncEnabled", "showInAddressList"),
  ...each(json, "customSecurityAttributes", "employeeOrgData", "passwordProfile"),
  ...each(strings, "businessPhones", "imAddresses", "otherMails", "proxyAddresses"),
  ...each(list, "assignedLicenses", "assignedPlans", "identities", "licenseAssignmentStates", "provisionedPlans"),
  ...each(list, "onPremisesProvisioningErrors", "serviceProvisioningErrors"),
  authorizationInfo: z.looseObject({ certificateUserIds: list }).prefault({}),
  onPremisesExtensionAttributes: z.looseObject(each(text, ...extensionAttributes)).prefault({}),
});

const group = z.strictObject({
  id,
  displayName: name,
  mailEnabled: z.boolean().default(false),
  securityEnabled: z.boolean().default(true),
  membershipRuleProcessingState: z.enum(["On", "Paused"]).nullable().default(null),
  mailNickname: z.string().regex(/^[^@()\\[\]";:<>, ]+$/),
  ...each(now, "createdDateTime", "renewedDateTime"),
  ...each(text, "deletedDateTime", "classification", "description", "expirationDateTime", "mail", "membershipRule"),
  ...each(text, "onPremisesDomainName", "onPremisesLastSyncDateTime", "onPremisesNetBiosName"),
  ...each(text, "onPremisesSamAccountName", "onPremisesSecurityIdentifier", "preferredDataLocation"),
  ...each(text, "preferredLanguage", "securityIdentifier", "theme", "uniqueName", "visibility"),
  ...each(flag, "isAssignableToRole", "isManagementRestricted", "onPremisesSyncEnabled"),
  ...each(strings, "creationOptions", "groupTypes", "infoCatalogs", "proxyAddresses"),
  ...each(strings, "resourceBehaviorOptions", "resourceProvisioningOptions"),
  ...each(list, "onPremisesProvisioningErrors", "serviceProvisioningErrors"),
  writebackConfiguration: z.looseObject({ isEnabled: flag, onPremisesGroupType: text }).prefault({}),
});

const audiences = [
  "AzureADMyOrg",
  "AzureADMultipleOrgs",
  "AzureADandPersonalMicrosoftAccount",
  "PersonalMicrosoftAccount",
] as const;

const application = z.strictObject({
  id,
  appId: id,
  displayName: name,
  createdDateTime: now,
  signInAudience: z.enum(audiences).default("AzureADMyOrg"),
  oauth2RequirePostResponse: z.boolean().default(false),
  ...each(text, "deletedDateTime", "applicationTemplateId", "certification", "defaultRedirectUri", "description"),
  ...each(text, "disabledByMicrosoftStatus", "groupMembershipClaims", "nativeAuthenticationApisEnabled", "notes"),
  ...each(text, "publisherDomain", "samlMetadataUrl", "serviceManagementReference", "tokenEncryptionKeyId"),
  ...each(text, "uniqueName"),
  ...each(flag, "isDeviceOnlyAuthSupported", "isFallbackPublicClient"),
  ...each(json, "authenticationBehaviors", "optionalClaims", "requestSignatureVerification"),
  ...each(json, "servicePrincipalLockConfiguration"),
  ...each(strings, "identifierUris", "tags"),
  ...each(list, "addIns", "keyCredentials", "requiredResourceAccess"),
  appRoles: z.array(appRole).default(() => []),
  passwordCredentials: z.array(passwordCredential).default(() => []),
  api: z
    .looseObject({
      acceptMappedClaims: flag,
      requestedAccessTokenVersion: z.number().nullable().default(null),
      ...each(list, "knownClientApplications", "oauth2PermissionScopes", "preAuthorizedApplications"),
    })
    .prefault({}),
  info,
  parentalControlSettings: z
    .looseObject({ countriesBlockedForMinors: strings, legalAgeGroupRule: z.string().default("Allow") })
    .prefault({}),
  publicClient: z.looseObject({ redirectUris: strings }).prefault({}),
  spa: z.looseObject({ redirectUris: strings }).prefault({}),
  verifiedPublisher,
  web: z
    .looseObject({
      ...each(text, "homePageUrl", "logoutUrl"),
      redirectUris: strings,
      redirectUriSettings: list,
      implicitGrantSettings: z
        .looseObject(each(z.boolean().default(false), "enableAccessTokenIssuance", "enableIdTokenIssuance"))
        .prefault({}),
    })
    .prefault({}),
});

const servicePrincipal = z.strictObject({
  id,
  appId: guid,
  displayName: name,
  createdDateTime: now,
  accountEnabled: z.boolean().default(true),
  appRoleAssignmentRequired: z.boolean().default(false),
  servicePrincipalType: z.string().default("Application"),
  ...each(text, "deletedDateTime", "appDescription", "appDisplayName", "applicationTemplateId"),
  ...each(text, "appOwnerOrganizationId", "description", "disabledByMicrosoftStatus", "homepage", "loginUrl"),
  ...each(text, "logoutUrl", "notes", "preferredSingleSignOnMode", "preferredTokenSigningKeyThumbprint"),
  ...each(text, "samlMetadataUrl", "signInAudience", "tokenEncryptionKeyId"),
  ...each(json, "customSecurityAttributes", "samlSingleSignOnSettings"),
  ...each(strings, "alternativeNames", "notificationEmailAddresses", "replyUrls", "servicePrincipalNames", "tags"),
  ...each(list, "addIns", "keyCredentials", "oauth2PermissionScopes", "passwordCredentials"),
  ...each(list, "resourceSpecificApplicationPermissions"),
  appRoles: z.array(appRole).default(() => []),
  info,
  verifiedPublisher,
});

/** The types of directory objects: properties in the form of Graph, with their types and defaults. */
export const objectTypes = { user, group, application, servicePrincipal };

export type ObjectType = keyof typeof objectTypes;
export type Objects = { [T in ObjectType]: z.infer<(typeof objectTypes)[T]> };
export type User = Objects["user"];
export type Group = Objects["group"];
export type Application = Objects["application"];
export type ServicePrincipal = Objects["servicePrincipal"];
/** Properties of a new user. */
export type NewUser = z.input<typeof user>;
/** Properties of a new group. Default of `mailNickname`: derived from the display name. */
export type NewGroup = Omit<z.input<typeof group>, "mailNickname"> & { mailNickname?: string };

/** An assignment of a principal to an app role. */
export type AppRoleAssignment = {
  id: string;
  deletedDateTime: null;
  appRoleId: string;
  createdDateTime: string;
  principalDisplayName: string;
  principalId: string;
  principalType: "User" | "Group" | "ServicePrincipal";
  resourceDisplayName: string;
  resourceId: string;
};

export type Domain = { id: string; isDefault: boolean; isInitial: boolean; isVerified: boolean } & Record<
  string,
  unknown
>;
