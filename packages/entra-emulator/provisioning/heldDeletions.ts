import type { TenantState } from "../state/tenant";
import type { JobRecord } from "../synchronization/job";
import { newEvent } from "./context";
import { savedSetting, type Scope } from "./scope";
import type { ProvisioningEvent } from "./types";

/** Deletions and disables that a cycle holds back, because they exceed the threshold. */
export interface Held {
  threshold: number;
  /** Source ids of users and groups that the cycle would disable or delete in the target. */
  ids: ReadonlySet<string>;
}

/** Returns the objects that this cycle would disable or delete, if their number exceeds the threshold of the job. */
export function findHeldDeletions(
  state: TenantState,
  record: JobRecord,
  scope: Scope,
  changed: ReadonlySet<string>,
): Held | undefined {
  const threshold = deletionThreshold(savedSetting(state, record.servicePrincipalId, "SyncNotificationSettings"));
  if (threshold === undefined || record.forceDeletes) return undefined;
  const ids = [...record.connectors].flatMap(([id, entry]) => {
    if (entry.sourceType === "Group") return scope.groups.has(id) && state.groups.has(id) ? [] : [id];
    if (!changed.has(id)) return [];
    const user = state.users.get(id);
    if (user === undefined && !state.deleted.has(id)) return entry.outOfScope ? [] : [id];
    const staysEnabled = user?.accountEnabled === true && scope.users.has(id);
    return staysEnabled || entry.disabled ? [] : [id];
  });
  return ids.length > threshold ? { threshold, ids: new Set(ids) } : undefined;
}

/** Returns the threshold of "Prevent accidental deletion", if enabled. The portal stores it as JSON. */
function deletionThreshold(text: string | undefined): number | undefined {
  try {
    const settings = JSON.parse(text ?? "{}") as { DeleteThresholdEnabled?: unknown; DeleteThresholdValue?: unknown };
    const value = Number(settings.DeleteThresholdValue);
    return settings.DeleteThresholdEnabled === true && Number.isInteger(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the provisioning log events for held objects. */
export function stagedEvents(state: TenantState, record: JobRecord, held: Held): ProvisioningEvent[] {
  return [...held.ids].map((id) => {
    const entry = record.connectors.get(id);
    const type = entry?.sourceType ?? "User";
    return newEvent(state, record.job.id, { type, id }, state.users.has(id) ? "stagedAction" : "stagedDelete", {
      status: "skipped",
      targetId: entry?.targetId ?? null,
      code: "TooManyDeletes",
      reason: `Held: more than ${held.threshold} would be deleted or disabled in this cycle.`,
    });
  });
}
