import type { DirectoryDefinition } from "../types";
import { attribute, object, strings } from "./attributes";

const extensionAttributes = Array.from({ length: 15 }, (_, index) => `extensionAttribute${index + 1}`);

const user = object("User", [
  attribute("objectId", "String", { anchor: true, required: true, mutability: "ReadOnly", caseExact: true }),
  attribute("accountEnabled", "Boolean"),
  attribute("alternativeSecurityIds", "String", { multivalued: true }),
  attribute("appRoleAssignments", "String", { multivalued: true }),
  ...strings("city", "companyName", "country"),
  attribute("createdDateTime", "DateTime", { mutability: "ReadOnly" }),
  ...strings("creationType", "department"),
  attribute("dirSyncEnabled", "Boolean"),
  ...strings("displayName"),
  attribute("employeeHireDate", "DateTime"),
  ...strings("employeeId"),
  attribute("employeeLeaveDateTime", "DateTime"),
  ...strings("employeeOrgData.costCenter", "employeeOrgData.division", "employeeType"),
  ...strings(...extensionAttributes),
  ...strings("externalUserState", "facsimileTelephoneNumber", "givenName", "immutableId"),
  attribute("IsSoftDeleted", "Boolean"),
  ...strings("jobTitle", "mail", "mailNickname"),
  attribute("manager", "Reference", { refers: ["User"] }),
  ...strings("mobile", "netId", "onPremisesDistinguishedName", "onPremisesDomainName", "onPremisesSamAccountName"),
  ...strings("onPremisesSecurityIdentifier", "onPremisesUserPrincipalName", "originalUserPrincipalName"),
  attribute("otherMails", "String", { multivalued: true }),
  ...strings("passwordProfile.password", "physicalDeliveryOfficeName", "postalCode", "preferredDataLocation"),
  ...strings("preferredLanguage"),
  attribute("proxyAddresses", "String", { multivalued: true }),
  attribute("showInAddressList", "Boolean"),
  ...strings("sipProxyAddress", "state", "streetAddress", "surname", "telephoneNumber"),
  attribute("thumbnailPhoto", "Binary"),
  ...strings("usageLocation", "userPrincipalName", "userType"),
]);

const group = object("Group", [
  attribute("objectId", "String", { anchor: true, required: true, mutability: "ReadOnly", caseExact: true }),
  ...strings("cloudSecurityIdentifier", "description"),
  attribute("dirSyncEnabled", "Boolean"),
  ...strings("displayName"),
  attribute("groupTypes", "String", { multivalued: true }),
  attribute("IsSoftDeleted", "Boolean"),
  ...strings("mail"),
  attribute("mailEnabled", "Boolean"),
  ...strings("mailNickname"),
  attribute("members", "Reference", { multivalued: true, refers: ["User"] }),
  ...strings("onPremisesSamAccountName", "onPremisesSecurityIdentifier"),
  attribute("owners", "Reference", { multivalued: true, refers: ["User"] }),
  attribute("proxyAddresses", "String", { multivalued: true }),
  attribute("securityEnabled", "Boolean"),
]);

const appRole = object("AppRole", [
  attribute("id", "String", { anchor: true, required: true, mutability: "ReadOnly" }),
  ...strings("displayName", "value"),
  attribute("IsSoftDeleted", "Boolean"),
]);

const device = object("Device", [
  attribute("objectId", "String", { anchor: true, required: true, mutability: "ReadOnly" }),
  attribute("accountEnabled", "Boolean"),
  ...strings("deviceId", "deviceOSType", "deviceOSVersion", "displayName"),
  attribute("IsSoftDeleted", "Boolean"),
]);

const contact = object("Contact", [
  attribute("objectId", "String", { anchor: true, required: true, mutability: "ReadOnly" }),
  ...strings("companyName", "department", "displayName", "givenName", "jobTitle", "mail", "mailNickname", "surname"),
]);

/** Returns the source directory definition: Microsoft Entra ID under its former name, which the service still uses. */
export function sourceDirectory(): DirectoryDefinition {
  return {
    discoverabilities: "AttributeNames, AttributeDataTypes, AttributeReadOnly, ReferenceAttributes",
    discoveryDateTime: null,
    id: "66e4a8cc-1b7b-435e-95f8-f06cea133828",
    name: "Azure Active Directory",
    readOnly: true,
    version: "f40a3d3f-2f86-46ba-9a1e-b8e2a8ba2b8a",
    objects: [user, group, appRole, device, contact].map((one) => structuredClone(one)),
  };
}
