import type { TenantState } from "../state/tenant";
import type { JobRecord } from "../synchronization/job";
import type { ObjectMapping, SynchronizationRule } from "../synchronization/schema";
import type { Scope } from "./scope";
import type { ScimClient } from "./scimClient";
import type { ProvisioningAction, ProvisioningEvent } from "./types";

/** State of one cycle of a job. */
export interface Cycle {
  state: TenantState;
  record: JobRecord;
  scope: Scope;
  events: ProvisioningEvent[];
}

/** State of one object mapping during one cycle. */
export interface ExportContext extends Cycle {
  client: ScimClient;
  rule: SynchronizationRule;
  mapping: ObjectMapping;
}

/** A source object that the cycle processes. */
export type SourceObject = { type: "User" | "Group"; id: string };

/** Returns the UPN or display name of a source object, or its id if it was deleted permanently. */
export function sourceName(state: TenantState, id: string): string {
  const object = state.find(id)?.object ?? state.deleted.get(id)?.object;
  return String(object?.["userPrincipalName"] ?? object?.["displayName"] ?? id);
}

/** Adds an event to the provisioning log. Default: a success without details. */
export function recordEvent(
  { state, record, events }: Cycle,
  { type, id }: SourceObject,
  action: ProvisioningAction,
  details: Partial<Pick<ProvisioningEvent, "status" | "targetId" | "code" | "reason" | "modified">> = {},
): void {
  events.push({
    time: new Date().toISOString(),
    jobId: record.job.id,
    action,
    status: "success",
    sourceType: type,
    sourceId: id,
    sourceName: sourceName(state, id),
    targetId: null,
    code: null,
    reason: null,
    modified: [],
    ...details,
  });
}
