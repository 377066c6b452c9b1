import type { Directory } from "../state/directory";
import type { JobRecord } from "../synchronization/types";
import type { Scope } from "./scope";
import type { ProvisioningEvent } from "./types";

/** Deletions and disables that a cycle holds back, because they exceed the threshold. */
export interface Held {
  threshold: number;
  /** Source ids of users and groups that the cycle would disable or delete in the target. */
  ids: ReadonlySet<string>;
}

/** Returns the threshold of "Prevent accidental deletion", if enabled. The portal stores it as JSON in the secret SyncNotificationSettings. */
export function deletionThreshold(directory: Directory, servicePrincipalId: string): number | undefined {
  const secrets = directory.syncSecrets.get(servicePrincipalId) ?? [];
  const text = secrets.find(({ key }) => key === "SyncNotificationSettings")?.value;
  if (text === undefined) return undefined;
  try {
    const settings = JSON.parse(text) as { DeleteThresholdEnabled?: unknown; DeleteThresholdValue?: unknown };
    const value = Number(settings.DeleteThresholdValue);
    return settings.DeleteThresholdEnabled === true && Number.isInteger(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the objects that this cycle would disable or delete, if their number exceeds the threshold of the job. */
export function findHeldDeletions(
  directory: Directory,
  record: JobRecord,
  scope: Scope,
  changed: ReadonlySet<string>,
): Held | undefined {
  const threshold = deletionThreshold(directory, record.servicePrincipalId);
  if (threshold === undefined || record.forceDeletes) return undefined;
  const ids = [...record.connectors].flatMap(([id, entry]) => {
    if (entry.sourceType === "Group") return scope.groups.has(id) && directory.groups.has(id) ? [] : [id];
    if (!changed.has(id)) return [];
    const user = directory.users.get(id);
    if (user === undefined && !directory.deleted.has(id)) return entry.outOfScope ? [] : [id];
    const staysEnabled = user?.accountEnabled === true && scope.users.has(id);
    return staysEnabled || entry.disabled ? [] : [id];
  });
  return ids.length > threshold ? { threshold, ids: new Set(ids) } : undefined;
}

/** Returns the provisioning log events for held objects. */
export function stagedEvents(directory: Directory, record: JobRecord, held: Held): ProvisioningEvent[] {
  return [...held.ids].map((id) => {
    const entry = record.connectors.get(id);
    const found = directory.find(id)?.object ?? directory.deleted.get(id)?.object;
    const isGroup = entry?.sourceType === "Group";
    return {
      time: new Date().toISOString(),
      jobId: record.job.id,
      action: isGroup || !directory.users.has(id) ? "stagedDelete" : "stagedAction",
      status: "skipped",
      sourceType: isGroup ? "Group" : "User",
      sourceId: id,
      sourceName: String(found?.["userPrincipalName"] ?? found?.["displayName"] ?? id),
      targetId: entry?.targetId ?? null,
      code: "TooManyDeletes",
      reason: `Held: more than ${held.threshold} would be deleted or disabled in this cycle.`,
      modified: [],
    };
  });
}
