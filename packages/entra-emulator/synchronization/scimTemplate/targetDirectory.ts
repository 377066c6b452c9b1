import type { AttributeDefinition, DirectoryDefinition } from "../types";
import { attribute, object, strings } from "./attributes";

export const enterpriseUser = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
export const scimGroup = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";

const addressParts = ["country", "formatted", "locality", "postalCode", "primary", "region", "streetAddress"];

const byType = (name: string, types: string[], parts: string[]): AttributeDefinition[] =>
  types.flatMap((type) =>
    parts.map((part) => attribute(`${name}[type eq "${type}"].${part}`, part === "primary" ? "Boolean" : "String")),
  );

const user = object(
  enterpriseUser,
  [
    attribute("id", "String", { anchor: true, mutability: "ReadOnly", caseExact: true }),
    attribute("active", "Boolean"),
    ...byType("addresses", ["home", "other", "work"], addressParts),
    ...strings("displayName"),
    ...byType("emails", ["home", "other", "work"], ["primary", "value"]),
    attribute('entitlements[primary eq "True"].value'),
    attribute("externalId", "String", { caseExact: true }),
    ...byType("ims", ["aim", "gtalk", "icq", "msn", "qq", "skype", "xmpp", "yahoo"], ["value"]),
    ...strings("locale"),
    attribute("meta.created", "DateTime", { mutability: "ReadOnly" }),
    attribute("meta.lastModified", "DateTime", { mutability: "ReadOnly" }),
    attribute("meta.location", "String", { mutability: "ReadOnly" }),
    ...strings("name.familyName", "name.formatted", "name.givenName", "name.honorificPrefix"),
    ...strings("name.honorificSuffix", "name.middleName", "nickName"),
    attribute("password", "String", { mutability: "WriteOnly" }),
    ...byType("phoneNumbers", ["fax", "home", "mobile", "other", "pager", "work"], ["primary", "value"]),
    ...byType("photos", ["photo", "thumbnail"], ["value"]),
    ...strings("preferredLanguage", "profileUrl"),
    attribute("roles", "String", { multivalued: true }),
    ...["display", "type", "value"].map((part) => attribute(`roles[primary eq "True"].${part}`)),
    ...strings("timezone", "title"),
    attribute("userName", "String", { required: true }),
    ...strings("userType"),
    ...["costCenter", "department", "division", "employeeNumber", "organization"].map((name) =>
      attribute(`${enterpriseUser}:${name}`),
    ),
    attribute(`${enterpriseUser}:manager`, "Reference", { refers: [enterpriseUser] }),
    attribute(`${enterpriseUser}:manager.displayName`, "String", { mutability: "ReadOnly" }),
  ],
  [{ key: "PropertyNameAccountEnabled", value: '"active"' }],
);

const group = object(scimGroup, [
  attribute("id", "String", { anchor: true, mutability: "ReadOnly", caseExact: true }),
  attribute("displayName", "String", { required: true }),
  attribute("externalId", "String", { caseExact: true }),
  attribute("members", "Reference", { multivalued: true, refers: [enterpriseUser, scimGroup] }),
]);

/** Returns the target directory definition of a non-gallery SCIM application. */
export function targetDirectory(): DirectoryDefinition {
  return {
    discoverabilities: "None",
    discoveryDateTime: null,
    id: "8d46ecd8-3c15-4b6a-a2f9-2ec7a7f0b2ad",
    name: "customappsso",
    readOnly: false,
    version: "e1b9f2f0-7a51-4d3d-a0a7-1bd1b2f6a8c4",
    objects: [user, group].map((one) => structuredClone(one)),
  };
}
