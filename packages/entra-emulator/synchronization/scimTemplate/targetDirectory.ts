import type { DirectoryDefinition } from "../schema";
import { attribute, attributes, object } from "./attributes";

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

const user = object(
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

const group = object(scimGroup, [
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
  objects: [user, group],
};
