import type { AttributeDefinition, DirectoryDefinition, ObjectDefinition } from "./schema";

/** Properties that differ from the default. `refers`: names of the objects that the attribute refers to. */
type AttributeOptions = { refers?: string[] } & Partial<AttributeDefinition>;

/** Creates an attribute definition with every property that Graph returns. */
function attribute(name: string, { refers = [], ...options }: AttributeOptions = {}): AttributeDefinition {
  return {
    anchor: false,
    apiExpressions: [],
    caseExact: false,
    defaultValue: null,
    flowNullValues: false,
    metadata: [],
    multivalued: false,
    mutability: "ReadWrite",
    name,
    referencedObjects: refers.map((one) => ({ referencedObjectName: one, referencedProperty: null })),
    required: false,
    type: refers.length > 0 ? "Reference" : "String",
    ...options,
  };
}

function attributes(options: AttributeOptions, ...names: string[]): AttributeDefinition[] {
  return names.map((name) => attribute(name, options));
}

function object(name: string, attributes: AttributeDefinition[], metadata: unknown[] = []): ObjectDefinition {
  return { attributes, metadata, name, supportedApis: [] };
}

const objectId = attribute("objectId", { anchor: true, required: true, mutability: "ReadOnly", caseExact: true });
const caselessId = attribute("objectId", { anchor: true, required: true, mutability: "ReadOnly" });
const isSoftDeleted = attribute("IsSoftDeleted", { type: "Boolean" });
const extensionAttributes = Array.from({ length: 15 }, (_, index) => `extensionAttribute${index + 1}`);

const sourceUser = object("User", [
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

const sourceGroup = object("Group", [
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
  objects: [sourceUser, sourceGroup, appRole, device, contact],
};

export const enterpriseUser = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
export const scimGroup = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";

const addressParts = ["country", "formatted", "locality", "postalCode", "primary", "region", "streetAddress"];
const phoneTypes = ["fax", "home", "mobile", "other", "pager", "work"];
const id = attribute("id", { anchor: true, mutability: "ReadOnly", caseExact: true });

function byType(name: string, types: string[], parts: string[]) {
  return types.flatMap((type) =>
    parts.map((part) =>
      attribute(`${name}[type eq "${type}"].${part}`, { type: part === "primary" ? "Boolean" : "String" }),
    ),
  );
}

const targetUser = object(
  enterpriseUser,
  [
    id,
    attribute("active", { type: "Boolean" }),
    ...byType("addresses", ["home", "other", "work"], addressParts),
    attribute("displayName"),
    ...byType("emails", ["home", "other", "work"], ["primary", "value"]),
    attribute('entitlements[primary eq "True"].value'),
    attribute("externalId", { caseExact: true }),
    ...byType("ims", ["aim", "gtalk", "icq", "msn", "qq", "skype", "xmpp", "yahoo"], ["value"]),
    attribute("locale"),
    ...attributes({ type: "DateTime", mutability: "ReadOnly" }, "meta.created", "meta.lastModified"),
    attribute("meta.location", { mutability: "ReadOnly" }),
    ...attributes({}, "name.familyName", "name.formatted", "name.givenName", "name.honorificPrefix"),
    ...attributes({}, "name.honorificSuffix", "name.middleName", "nickName"),
    attribute("password", { mutability: "WriteOnly" }),
    ...byType("phoneNumbers", phoneTypes, ["primary", "value"]),
    ...byType("photos", ["photo", "thumbnail"], ["value"]),
    ...attributes({}, "preferredLanguage", "profileUrl"),
    attribute("roles", { multivalued: true }),
    ...attributes({}, ...["display", "type", "value"].map((part) => `roles[primary eq "True"].${part}`)),
    ...attributes({}, "timezone", "title"),
    attribute("userName", { required: true }),
    attribute("userType"),
    ...attributes({}, `${enterpriseUser}:costCenter`, `${enterpriseUser}:department`, `${enterpriseUser}:division`),
    ...attributes({}, `${enterpriseUser}:employeeNumber`, `${enterpriseUser}:organization`),
    attribute(`${enterpriseUser}:manager`, { refers: [enterpriseUser] }),
    attribute(`${enterpriseUser}:manager.displayName`, { mutability: "ReadOnly" }),
  ],
  [{ key: "PropertyNameAccountEnabled", value: '"active"' }],
);

const targetGroup = object(scimGroup, [
  id,
  attribute("displayName", { required: true }),
  attribute("externalId", { caseExact: true }),
  attribute("members", { multivalued: true, refers: [enterpriseUser, scimGroup] }),
]);

/** The target directory definition of a non-gallery SCIM application. */
export const targetDirectory: DirectoryDefinition = {
  discoverabilities: "None",
  discoveryDateTime: null,
  id: "8d46ecd8-3c15-4b6a-a2f9-2ec7a7f0b2ad",
  name: "customappsso",
  readOnly: false,
  version: "e1b9f2f0-7a51-4d3d-a0a7-1bd1b2f6a8c4",
  objects: [targetUser, targetGroup],
};
