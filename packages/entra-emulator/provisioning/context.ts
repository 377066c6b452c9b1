import type { Directory } from "../state/directory";
import type { JobRecord, ObjectMapping, SynchronizationRule } from "../synchronization/types";
import type { Scope } from "./scope";
import type { ScimClient } from "./scimClient";
import type { ProvisioningAction, ProvisioningEvent } from "./types";

/** State of one object mapping during one cycle. */
export interface ExportContext {
  directory: Directory;
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
  /** UPN or group name for the log. */
  name: string;
}

/** Adds an event to the provisioning log. */
export function recordEvent(
  context: ExportContext,
  source: SourceObject,
  action: ProvisioningAction,
  given: Partial<Pick<ProvisioningEvent, "status" | "targetId" | "code" | "reason" | "modified">> = {},
): void {
  context.events.push({
    time: new Date().toISOString(),
    jobId: context.record.job.id,
    action,
    status: "success",
    sourceType: source.type,
    sourceId: source.id,
    sourceName: source.name,
    targetId: null,
    code: null,
    reason: null,
    modified: [],
    ...given,
  });
}
