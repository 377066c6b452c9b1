import { randomUUID } from "node:crypto";

import type { User } from "./types";

/** Properties of a new user. */
export type NewUser = Partial<User> & Pick<User, "userPrincipalName" | "displayName">;

/** Creates a user with every property that Graph returns. Unset properties are null. */
export function newUser(given: NewUser): User {
  const now = new Date().toISOString().replace(/\.\d+Z$/, "Z");
  const localPart = given.userPrincipalName.split("@")[0] ?? given.userPrincipalName;
  return {
    id: randomUUID(),
    deletedDateTime: null,
    accountEnabled: true,
    ageGroup: null,
    aboutMe: null,
    assignedLicenses: [],
    assignedPlans: [],
    authorizationInfo: { certificateUserIds: [] },
    birthday: null,
    businessPhones: [],
    city: null,
    companyName: null,
    consentProvidedForMinor: null,
    country: null,
    createdDateTime: now,
    creationType: null,
    customSecurityAttributes: null,
    department: null,
    employeeHireDate: null,
    employeeId: null,
    employeeLeaveDateTime: null,
    employeeOrgData: null,
    employeeType: null,
    externalUserState: null,
    externalUserStateChangeDateTime: null,
    faxNumber: null,
    givenName: null,
    identities: [],
    imAddresses: [],
    isManagementRestricted: null,
    isResourceAccount: null,
    jobTitle: null,
    lastPasswordChangeDateTime: now,
    legalAgeGroupClassification: null,
    licenseAssignmentStates: [],
    mail: null,
    mailNickname: localPart.replace(/[^A-Za-z0-9._-]/g, ""),
    mobilePhone: null,
    officeLocation: null,
    onPremisesDistinguishedName: null,
    onPremisesDomainName: null,
    onPremisesExtensionAttributes: Object.fromEntries(
      Array.from({ length: 15 }, (_, index) => [`extensionAttribute${index + 1}`, null]),
    ),
    onPremisesImmutableId: null,
    onPremisesLastSyncDateTime: null,
    onPremisesProvisioningErrors: [],
    onPremisesSamAccountName: null,
    onPremisesSecurityIdentifier: null,
    onPremisesSyncEnabled: null,
    onPremisesUserPrincipalName: null,
    otherMails: [],
    passwordPolicies: null,
    passwordProfile: null,
    postalCode: null,
    preferredDataLocation: null,
    preferredLanguage: null,
    provisionedPlans: [],
    proxyAddresses: given.mail ? [`SMTP:${given.mail}`] : [],
    securityIdentifier: null,
    serviceProvisioningErrors: [],
    showInAddressList: null,
    signInSessionsValidFromDateTime: now,
    state: null,
    streetAddress: null,
    surname: null,
    usageLocation: null,
    userType: "Member",
    ...given,
  };
}

/** Properties that Graph v1.0 returns without `$select`. They exclude accountEnabled and userType. */
export const userDefaults = [
  "id",
  "businessPhones",
  "displayName",
  "givenName",
  "jobTitle",
  "mail",
  "mobilePhone",
  "officeLocation",
  "preferredLanguage",
  "surname",
  "userPrincipalName",
] as const;
