import type { User } from "../state/types";
import type { ConnectorEntry } from "../synchronization/types";
import { isReference, valuesToCreate, valuesToUpdate } from "./changes";
import { recordEvent, type ExportContext, type SourceObject } from "./context";
import { desiredValues, type DesiredValue } from "./desired";
import { findMatch } from "./matching";
import { createUserBody, patchBody, type Change } from "./scimBody";
import { ObjectFailure, type ScimResource } from "./scimClient";
import { passesFilter } from "./scopeFilter";
import { userLookup } from "./source";
import type { ProvisioningAction, ProvisioningEvent } from "./types";

/** Creates, updates, disables or skips the account of one user in the target. Throws ObjectFailure. */
export async function exportUser(context: ExportContext, user: User): Promise<void> {
  const { directory, record, mapping } = context;
  const source: SourceObject = { type: "User", id: user.id, name: user.userPrincipalName };
  const entitled = isEntitled(context, user);
  const isDeleted = directory.deleted.has(user.id);
  const softDeleted = !entitled || isDeleted || !user.accountEnabled;
  const connector = record.connectors.get(user.id);
  if (!connector && softDeleted) {
    const code = entitled ? "AccountDisabled" : "NotEffectivelyEntitled";
    return recordEvent(context, source, "skip", {
      status: "skipped",
      code,
      reason: "Disabled or out of scope, and not in the target.",
    });
  }
  if (!entitled && keepsOutOfScope(context)) {
    return recordEvent(context, source, "skip", { status: "skipped", code: "NotEffectivelyEntitled" });
  }
  const lookup = userLookup(directory, user, record.servicePrincipalId, softDeleted);
  const values = desiredValues(record.schema, mapping, context.rule.targetDirectoryName, lookup);
  const target = await existingTarget(context, source, values, connector);
  if (!target && softDeleted) return;
  const flows = new Set(mapping.flowTypes.split(",").map((flow) => flow.trim()));
  if (!target) {
    if (!flows.has("Add"))
      return recordEvent(context, source, "skip", { status: "skipped", code: "FlowTypeAddDisabled" });
    return createAccount(context, source, values);
  }
  const entry = connect(context, source, target.id);
  const changes = flows.has("Update") ? valuesToUpdate(values, target) : [];
  entry.outOfScope = !entitled;
  entry.disabled = softDeleted;
  if (changes.length === 0) {
    return recordEvent(context, source, "skip", { status: "skipped", code: "RedundantExport", targetId: target.id });
  }
  await context.client.patch("Users", target.id, patchBody(changes, context.client.compliant));
  recordEvent(context, source, actionOf(changes), { targetId: target.id, modified: modified(changes) });
}

/** Sends references such as the manager. Runs after all accounts exist in the target. */
export async function exportUserReferences(context: ExportContext, user: User): Promise<void> {
  const { directory, record, mapping } = context;
  const entry = record.connectors.get(user.id);
  if (!entry || entry.outOfScope) return;
  const lookup = userLookup(directory, user, record.servicePrincipalId, false);
  const values = desiredValues(record.schema, mapping, context.rule.targetDirectoryName, lookup).filter(isReference);
  for (const one of values) {
    const target = typeof one.value === "string" ? record.connectors.get(one.value)?.targetId : undefined;
    const name = one.mapping.targetAttributeName;
    if (target === undefined || entry.exported[name] === target) continue;
    const change: Change = { name, value: target, old: entry.exported[name] ?? null, type: "Reference" };
    await context.client.patch("Users", entry.targetId, patchBody([change], context.client.compliant));
    entry.exported[name] = target;
    const source: SourceObject = { type: "User", id: user.id, name: user.userPrincipalName };
    recordEvent(context, source, "update", { targetId: entry.targetId, modified: modified([change]) });
  }
}

function isEntitled(context: ExportContext, user: User): boolean {
  const { directory, record, mapping, scope } = context;
  const lookup = userLookup(directory, user, record.servicePrincipalId, false);
  return mapping.enabled && scope.users.has(user.id) && passesFilter(mapping.scope, lookup);
}

function keepsOutOfScope({ directory, record }: ExportContext): boolean {
  const secrets = directory.syncSecrets.get(record.servicePrincipalId) ?? [];
  return secrets.some(({ key, value }) => key === "SkipOutOfScopeDeletions" && value.toLowerCase() === "true");
}

async function existingTarget(
  context: ExportContext,
  source: SourceObject,
  values: readonly DesiredValue[],
  connector: ConnectorEntry | undefined,
): Promise<ScimResource | undefined> {
  if (connector) {
    const target = await context.client.get("Users", connector.targetId);
    if (target) return target;
    context.record.connectors.delete(source.id);
  }
  return findMatch(context, source, "Users", values);
}

async function createAccount(
  context: ExportContext,
  source: SourceObject,
  values: readonly DesiredValue[],
): Promise<void> {
  const changes = valuesToCreate(values);
  if (changes.length === 0) throw new ObjectFailure("NoAttributes", `Nothing is mapped for ${source.name}.`);
  const made = await context.client.create("Users", createUserBody(changes));
  connect(context, source, made.id);
  recordEvent(context, source, "create", { targetId: made.id, modified: modified(changes) });
}

function connect(context: ExportContext, source: SourceObject, targetId: string): ConnectorEntry {
  const connector = context.record.connectors.get(source.id);
  if (connector?.targetId === targetId) return connector;
  const blank = { exported: {}, members: [], outOfScope: false, disabled: false };
  const entry: ConnectorEntry = { sourceType: "User", targetId, ...blank };
  context.record.connectors.set(source.id, entry);
  return entry;
}

function actionOf(changes: readonly Change[]): ProvisioningAction {
  const active = changes.find((one) => one.name === "active");
  if (!active) return "update";
  return String(active.value).toLowerCase() === "true" ? "enable" : "disable";
}

export function modified(changes: readonly Change[]): ProvisioningEvent["modified"] {
  return changes.map(({ name, old, value }) => ({
    name,
    oldValue: old,
    newValue: Array.isArray(value) ? value.join(", ") : value,
  }));
}
