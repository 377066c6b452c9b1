import { isObject, parseJson } from "../json";
import { recordEvent, type Cycle } from "./context";
import { savedSetting } from "./scope";

/** Deletions and disables that a cycle holds back, because they exceed the threshold. */
export interface Held {
  threshold: number;
  /** Source ids of users and groups that the cycle would disable or delete in the target. */
  ids: ReadonlySet<string>;
}

/** Returns the objects that this cycle would disable or delete, if their number exceeds the threshold of the job. */
export function findHeldDeletions({ state, record, scope }: Cycle, changed: ReadonlySet<string>): Held | undefined {
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
function deletionThreshold(text = ""): number | undefined {
  const settings = parseJson(text);
  if (!isObject(settings) || settings["DeleteThresholdEnabled"] !== true) return undefined;
  const value = Number(settings["DeleteThresholdValue"]);
  return Number.isInteger(value) ? value : undefined;
}

/** Adds the held objects to the provisioning log. */
export function recordHeldDeletions(cycle: Cycle, { ids, threshold }: Held): void {
  for (const id of ids) {
    const { sourceType = "User", targetId = null } = cycle.record.connectors.get(id) ?? {};
    const action = cycle.state.users.has(id) ? "stagedAction" : "stagedDelete";
    const reason = `Held: more than ${threshold} would be deleted or disabled in this cycle.`;
    const details = { status: "skipped", targetId, code: "TooManyDeletes", reason } as const;
    recordEvent(cycle, { type: sourceType, id }, action, details);
  }
}
