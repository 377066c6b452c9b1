import type { DirectoryDefinition } from "../schema";
import { attribute, attributes, object } from "./attributes";

const objectId = attribute("objectId", { anchor: true, required: true, mutability: "ReadOnly", caseExact: true });
const caselessId = attribute("objectId", { anchor: true, required: true, mutability: "ReadOnly" });
const isSoftDeleted = attribute("IsSoftDeleted", { type: "Boolean" });
const extensionAttributes = Array.from({ length: 15 }, (_, index) => `extensionAttribute${index + 1}`);

const user = object("User", [
  objectId,
  isSoftDeleted,
  ...attributes({ type: "Boolean" }, "accountEnabled", "dirSyncEnabled", "showInAddressList"),
  ...attributes({ multivalued: true }, "alternativeSecurityIds", "appRoleAssignments", "otherMails", "proxyAddresses"),
  attribute("createdDateTime", { type: "DateTime", mutability: "ReadOnly" }),
  ...attributes({ type: "DateTime" }, "employeeHireDate", "employeeLeaveDateTime"),
  attribute("manager", { refers: ["User"] }),
  attribute("thumbnailPhoto", { type: "Binary" }),
  ...attributes({}, "city", "companyName", "country", "creationType", "department", "displayName", "employeeId"),
  ...attributes({}, "employeeOrgData.costCenter", "employeeOrgData.division", "employeeType", ...extensionAttributes),
  ...attributes({}, "externalUserState", "facsimileTelephoneNumber", "givenName", "immutableId", "jobTitle", "mail"),
  ...attributes({}, "mailNickname", "mobile", "netId", "onPremisesDistinguishedName", "onPremisesDomainName"),
  ...attributes({}, "onPremisesSamAccountName", "onPremisesSecurityIdentifier", "onPremisesUserPrincipalName"),
  ...attributes({}, "originalUserPrincipalName", "passwordProfile.password", "physicalDeliveryOfficeName"),
  ...attributes({}, "postalCode", "preferredDataLocation", "preferredLanguage", "sipProxyAddress", "state"),
  ...attributes({}, "streetAddress", "surname", "telephoneNumber", "usageLocation", "userPrincipalName", "userType"),
]);

const group = object("Group", [
  objectId,
  isSoftDeleted,
  ...attributes({ type: "Boolean" }, "dirSyncEnabled", "mailEnabled", "securityEnabled"),
  ...attributes({ multivalued: true }, "groupTypes", "proxyAddresses"),
  ...attributes({ multivalued: true, refers: ["User"] }, "members", "owners"),
  ...attributes({}, "cloudSecurityIdentifier", "description", "displayName", "mail", "mailNickname"),
  ...attributes({}, "onPremisesSamAccountName", "onPremisesSecurityIdentifier"),
]);

const appRole = object("AppRole", [
  attribute("id", { anchor: true, required: true, mutability: "ReadOnly" }),
  isSoftDeleted,
  ...attributes({}, "displayName", "value"),
]);

const device = object("Device", [
  caselessId,
  isSoftDeleted,
  attribute("accountEnabled", { type: "Boolean" }),
  ...attributes({}, "deviceId", "deviceOSType", "deviceOSVersion", "displayName"),
]);

const contact = object("Contact", [
  caselessId,
  ...attributes({}, "companyName", "department", "displayName", "givenName", "jobTitle", "mail", "mailNickname"),
  attribute("surname"),
]);

/** The source directory definition: Microsoft Entra ID under its former name, which the service still uses. */
export const sourceDirectory: DirectoryDefinition = {
  discoverabilities: "AttributeNames, AttributeDataTypes, AttributeReadOnly, ReferenceAttributes",
  discoveryDateTime: null,
  id: "66e4a8cc-1b7b-435e-95f8-f06cea133828",
  name: "Azure Active Directory",
  readOnly: true,
  version: "f40a3d3f-2f86-46ba-9a1e-b8e2a8ba2b8a",
  objects: [user, group, appRole, device, contact],
};
