import {
  synchronizationSchema,
  type ObjectMapping,
  type SynchronizationRule,
  type SynchronizationSchema,
} from "../schema";
import { groupMappings, userMappings } from "./mappings";
import { sourceDirectory } from "./sourceDirectory";
import { enterpriseUser, scimGroup, targetDirectory } from "./targetDirectory";

/** Ids of the synchronization rules. They are the same for all jobs of a template. */
const userRuleId = "03f7d90d-bf71-41b1-bda6-aaf0ddbee5d8";
const groupRuleId = "ea807875-5618-4f0a-9125-0b46a05298ca";

const template = synchronizationSchema.parse({
  version: "v2.1",
  provisioningTaskIdentifier: null,
  synchronizationRules: [
    rule(
      userRuleId,
      "USER_OUTBOUND_USER",
      1,
      objectMapping("Provision Azure Active Directory Users", "User", enterpriseUser, userMappings),
    ),
    rule(
      groupRuleId,
      "GROUP_OUTBOUND_GROUP",
      2,
      objectMapping("Provision Azure Active Directory Groups", "Group", scimGroup, groupMappings),
    ),
  ],
  directories: [sourceDirectory, targetDirectory],
});

/** Returns a new copy of the schema of the `scim` template. */
export function scimTemplateSchema(id: string): SynchronizationSchema {
  return { ...structuredClone(template), id };
}

function rule(id: string, name: string, priority: number, objectMapping: ObjectMapping): SynchronizationRule {
  return {
    containerFilter: { includedContainers: [] },
    editable: true,
    groupFilter: { includedGroups: [] },
    id,
    metadata: [
      { key: "defaultSourceObjectMappings", value: objectMapping.sourceObjectName },
      { key: "supportsProvisionOnDemand", value: "true" },
      { key: "synchronizationPolicyOrigin", value: '{"template":"scim","revision":41}' },
    ],
    name,
    objectMappings: [objectMapping],
    priority,
    sourceDirectoryName: "Azure Active Directory",
    targetDirectoryName: "customappsso",
  };
}

function objectMapping(
  name: string,
  sourceObjectName: string,
  targetObjectName: string,
  attributeMappings: ObjectMapping["attributeMappings"],
): ObjectMapping {
  return {
    attributeMappings,
    enabled: true,
    flowTypes: "Add, Update, Delete",
    metadata: [
      { key: "Disposition", value: '"Normal"' },
      { key: "EscrowBehavior", value: '"Default"' },
      { key: "ExcludeFromReporting", value: "false" },
      { key: "IsCustomerDefined", value: "false" },
      { key: "DisableMonitoringForChanges", value: "false" },
      { key: "Unsynchronized", value: "false" },
    ],
    name,
    scope: null,
    sourceObjectName,
    targetObjectName,
  };
}
