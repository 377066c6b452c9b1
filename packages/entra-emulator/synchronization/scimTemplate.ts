import { parse, toMappingSource } from "entra-mappings";

import { synchronizationSchema, type AttributeMapping, type SynchronizationSchema } from "./schema";
import { enterpriseUser, scimGroup, sourceDirectory, targetDirectory } from "./scimDirectories";

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

// The ids of the synchronization rules are the same for all jobs of a template.
const rules = [
  {
    id: "03f7d90d-bf71-41b1-bda6-aaf0ddbee5d8",
    source: "User",
    targetObjectName: enterpriseUser,
    attributeMappings: userMappings,
  },
  {
    id: "ea807875-5618-4f0a-9125-0b46a05298ca",
    source: "Group",
    targetObjectName: scimGroup,
    attributeMappings: groupMappings,
  },
];

const template = synchronizationSchema.parse({
  version: "v2.1",
  provisioningTaskIdentifier: null,
  synchronizationRules: rules.map(({ id, source, ...mapping }, index) => ({
    containerFilter: { includedContainers: [] },
    editable: true,
    groupFilter: { includedGroups: [] },
    id,
    metadata: [
      { key: "defaultSourceObjectMappings", value: source },
      { key: "supportsProvisionOnDemand", value: "true" },
      { key: "synchronizationPolicyOrigin", value: '{"template":"scim","revision":41}' },
    ],
    name: `${source}_OUTBOUND_${source}`.toUpperCase(),
    objectMappings: [
      {
        ...mapping,
        enabled: true,
        metadata: [
          { key: "Disposition", value: '"Normal"' },
          { key: "EscrowBehavior", value: '"Default"' },
          { key: "ExcludeFromReporting", value: "false" },
          { key: "IsCustomerDefined", value: "false" },
          { key: "DisableMonitoringForChanges", value: "false" },
          { key: "Unsynchronized", value: "false" },
        ],
        name: `Provision Azure Active Directory ${source}s`,
        sourceObjectName: source,
      },
    ],
    priority: index + 1,
    sourceDirectoryName: sourceDirectory.name,
    targetDirectoryName: targetDirectory.name,
  })),
  directories: [sourceDirectory, targetDirectory],
});

/** Returns a new copy of the schema of the `scim` template. */
export function scimTemplateSchema(id: string): SynchronizationSchema {
  return { ...structuredClone(template), id };
}
