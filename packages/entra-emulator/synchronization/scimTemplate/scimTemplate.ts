import { synchronizationSchema, type SynchronizationSchema } from "../schema";
import { groupMappings, userMappings } from "./mappings";
import { sourceDirectory } from "./sourceDirectory";
import { enterpriseUser, scimGroup, targetDirectory } from "./targetDirectory";

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
