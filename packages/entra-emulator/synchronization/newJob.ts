import { randomUUID } from "node:crypto";

import { scimTemplateSchema } from "./scimTemplate/scimTemplate";
import type { JobRecord, SynchronizationJob } from "./types";

/** Time that the service returns for "never". */
const never = "0001-01-01T00:00:00Z";

/** Creates a job that is disabled and not configured, with the schema of the template. */
export function newJobRecord(templateId: string, tenantId: string, servicePrincipalId: string): JobRecord {
  const id = `${templateId}.${tenantId.replaceAll("-", "")}.${randomUUID()}`;
  const job: SynchronizationJob = {
    id,
    templateId,
    schedule: { expiration: null, interval: "P10675199DT2H48M5.4775807S", state: "Disabled" },
    status: {
      countSuccessiveCompleteFailures: 0,
      escrowsPruned: false,
      code: "NotConfigured",
      lastExecution: null,
      lastSuccessfulExecution: null,
      lastSuccessfulExecutionWithExports: null,
      quarantine: null,
      steadyStateFirstAchievedTime: never,
      steadyStateLastAchievedTime: never,
      troubleshootingUrl: null,
      progress: [],
      synchronizedEntryCountByType: [],
    },
    synchronizationJobSettings: [
      { name: "AzureIngestionAttributeOptimization", value: "False" },
      { name: "LookaheadQueryEnabled", value: "False" },
      { name: "DoNotSubmitExportsInBatchMode", value: "True" },
    ],
  };
  return {
    job,
    servicePrincipalId,
    schema: scimTemplateSchema(id),
    watermark: null,
    connectors: new Map(),
    escrows: new Map(),
    held: new Set(),
    forceDeletes: false,
    history: [],
    startRefusals: 0,
  };
}

/** Adds an event to the history of a job, with the currently mapped User attributes. */
export function recordTransition(record: JobRecord, event: JobRecord["history"][number]["event"]): void {
  const users = record.schema.synchronizationRules
    .flatMap((rule) => rule.objectMappings)
    .find((mapping) => mapping.sourceObjectName === "User");
  record.history.push({
    time: new Date().toISOString(),
    event,
    targets: (users?.attributeMappings ?? []).map((one) => one.targetAttributeName),
  });
}
