import { parse, toMappingSource } from "../../../../mappings/expression";
import type { AttributeMapping } from "../types";
import { enterpriseUser } from "./target-directory";

/** A mapping as the template holds it; `expression` is the language's text, `[mail]` for a plain attribute. */
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

/** What the portal shows for a fresh non-gallery application, users. */
export const userMappings = (): AttributeMapping[] => [
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

/** The same for groups. */
export const groupMappings = (): AttributeMapping[] => [
  mapping("displayName", "[displayName]", 1),
  mapping("externalId", "[objectId]"),
  mapping("members", "[members]"),
];
