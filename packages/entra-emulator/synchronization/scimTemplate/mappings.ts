import { parse, toMappingSource } from "entra-mappings";

import type { AttributeMapping } from "../schema";
import { enterpriseUser } from "./targetDirectory";

/** Creates an attribute mapping. `expression` is text in the expression language, e.g. `[mail]` for an attribute. Throws if it is invalid. */
export function mapping(targetAttributeName: string, expression: string, matchingPriority = 0): AttributeMapping {
  return {
    defaultValue: "",
    exportMissingReferences: false,
    flowBehavior: "FlowWhenChanged",
    flowType: "Always",
    matchingPriority,
    source: toMappingSource(parse(expression)),
    targetAttributeName,
  };
}

/** The default user mappings of a new non-gallery application. */
export const userMappings: AttributeMapping[] = [
  mapping("userName", "[userPrincipalName]", 1),
  mapping("active", 'Switch([IsSoftDeleted], , "False", "True", "True", "False")'),
  mapping("displayName", "[displayName]"),
  mapping("title", "[jobTitle]"),
  mapping('emails[type eq "work"].value', "[mail]"),
  mapping("preferredLanguage", "[preferredLanguage]"),
  mapping("name.givenName", "[givenName]"),
  mapping("name.familyName", "[surname]"),
  mapping("name.formatted", 'Join(" ", [givenName], [surname])'),
  mapping('addresses[type eq "work"].formatted', "[physicalDeliveryOfficeName]"),
  mapping('addresses[type eq "work"].streetAddress', "[streetAddress]"),
  mapping('addresses[type eq "work"].locality', "[city]"),
  mapping('addresses[type eq "work"].region', "[state]"),
  mapping('addresses[type eq "work"].postalCode', "[postalCode]"),
  mapping('addresses[type eq "work"].country', "[country]"),
  mapping('phoneNumbers[type eq "work"].value', "[telephoneNumber]"),
  mapping('phoneNumbers[type eq "mobile"].value', "[mobile]"),
  mapping('phoneNumbers[type eq "fax"].value', "[facsimileTelephoneNumber]"),
  mapping("externalId", "[mailNickname]"),
  mapping(`${enterpriseUser}:employeeNumber`, "[employeeId]"),
  mapping(`${enterpriseUser}:department`, "[department]"),
  mapping(`${enterpriseUser}:manager`, "[manager]"),
];

/** The default group mappings of a new non-gallery application. */
export const groupMappings: AttributeMapping[] = [
  mapping("displayName", "[displayName]", 1),
  mapping("externalId", "[objectId]"),
  mapping("members", "[members]"),
];
