import type { User } from "../state/types";
import { recordEvent, type ExportContext, type SourceObject } from "./context";
import { exportObject, modified, skip } from "./exportObject";
import { patchBody, type Change } from "./scimBody";
import { passesFilter, savedSetting } from "./scope";
import { userLookup } from "./source";
import { desiredValues } from "./values";

/** Creates, updates, disables or skips the account of one user in the target. Throws ObjectFailure. */
export async function exportUser(context: ExportContext, user: User): Promise<void> {
  const { state, record, mapping, scope } = context;
  const { servicePrincipalId } = record;
  const source: SourceObject = { type: "User", id: user.id };
  const entitled =
    mapping.enabled &&
    scope.users.has(user.id) &&
    passesFilter(mapping.scope, userLookup(state, user, servicePrincipalId, false));
  const disabled = !entitled || state.deleted.has(user.id) || !user.accountEnabled;
  const code = entitled ? "AccountDisabled" : "NotEffectivelyEntitled";
  if (disabled && !record.connectors.has(user.id)) {
    return skip(context, source, { code, reason: "Disabled or out of scope, and not in the target." });
  }
  const keeps = savedSetting(state, servicePrincipalId, "SkipOutOfScopeDeletions")?.toLowerCase() === "true";
  if (!entitled && keeps) return skip(context, source, { code });
  const lookup = userLookup(state, user, servicePrincipalId, disabled);
  await exportObject(context, source, lookup, { outOfScope: !entitled, disabled });
}

/** Sends references such as the manager. Runs after all accounts exist in the target. */
export async function exportUserReferences(context: ExportContext, user: User): Promise<void> {
  const { state, record, client } = context;
  const entry = record.connectors.get(user.id);
  if (!entry || entry.outOfScope) return;
  const values = desiredValues(context, userLookup(state, user, record.servicePrincipalId, false));
  for (const { value, type, mapping } of values) {
    if (type !== "Reference" || typeof value !== "string") continue;
    const target = record.connectors.get(value)?.targetId;
    const name = mapping.targetAttributeName;
    if (target === undefined || entry.exported[name] === target) continue;
    const change: Change = { name, value: target, old: entry.exported[name] ?? null, type };
    await client.patch("Users", entry.targetId, patchBody([change], client.compliant));
    entry.exported[name] = target;
    const details = { targetId: entry.targetId, modified: modified([change]) };
    recordEvent(context, { type: "User", id: user.id }, "update", details);
  }
}
