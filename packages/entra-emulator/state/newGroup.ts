import { randomUUID } from "node:crypto";

import type { Group } from "./types";

/** Creates a group with every property that Graph returns. Unset properties are null. */
export function newGroup(given: Partial<Group> & Pick<Group, "displayName">): Group {
  const now = new Date().toISOString().replace(/\.\d+Z$/, "Z");
  return {
    id: randomUUID(),
    deletedDateTime: null,
    classification: null,
    createdDateTime: now,
    creationOptions: [],
    description: null,
    expirationDateTime: null,
    groupTypes: [],
    infoCatalogs: [],
    isAssignableToRole: null,
    isManagementRestricted: null,
    mail: null,
    mailEnabled: false,
    mailNickname: given.displayName.replace(/[^A-Za-z0-9._-]/g, "") || "group",
    membershipRule: null,
    membershipRuleProcessingState: null,
    onPremisesDomainName: null,
    onPremisesLastSyncDateTime: null,
    onPremisesNetBiosName: null,
    onPremisesProvisioningErrors: [],
    onPremisesSamAccountName: null,
    onPremisesSecurityIdentifier: null,
    onPremisesSyncEnabled: null,
    preferredDataLocation: null,
    preferredLanguage: null,
    proxyAddresses: [],
    renewedDateTime: now,
    resourceBehaviorOptions: [],
    resourceProvisioningOptions: [],
    securityEnabled: true,
    securityIdentifier: null,
    serviceProvisioningErrors: [],
    theme: null,
    uniqueName: null,
    visibility: null,
    writebackConfiguration: { isEnabled: null, onPremisesGroupType: null },
    ...given,
  };
}
