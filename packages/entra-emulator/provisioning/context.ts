import type { TenantState } from "../state/tenant";
import type { JobRecord } from "../synchronization/job";
import type { ObjectMapping, SynchronizationRule } from "../synchronization/schema";
import type { Scope } from "./scope";
import type { ScimClient } from "./scimClient";
import type { ProvisioningAction, ProvisioningEvent } from "./types";

/** State of one object mapping during one cycle. */
export interface ExportContext {
  state: TenantState;
  record: JobRecord;
  rule: SynchronizationRule;
  mapping: ObjectMapping;
  client: ScimClient;
  scope: Scope;
  events: ProvisioningEvent[];
}

/** A source object that the cycle processes. */
export interface SourceObject {
  type: "User" | "Group";
  id: string;
}

/** Returns the UPN or display name of a source object, or its id if it was deleted permanently. */
export function sourceName(state: TenantState, id: string): string {
  const object = state.find(id)?.object ?? state.deleted.get(id)?.object;
  return String(object?.["userPrincipalName"] ?? object?.["displayName"] ?? id);
}

/** Returns an event of the provisioning log. Default: a success without details. */
export function newEvent(
  state: TenantState,
  jobId: string,
  { type, id }: SourceObject,
  action: ProvisioningAction,
  details: Partial<Pick<ProvisioningEvent, "status" | "targetId" | "code" | "reason" | "modified">> = {},
): ProvisioningEvent {
  return {
    time: new Date().toISOString(),
    jobId,
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
  };
}

/** Adds an event to the provisioning log. */
export function recordEvent(
  { state, record, events }: ExportContext,
  source: SourceObject,
  action: ProvisioningAction,
  details?: Parameters<typeof newEvent>[4],
): void {
  events.push(newEvent(state, record.job.id, source, action, details));
}
