import type { Group } from "../state/types";
import type { ConnectorEntry } from "../synchronization/types";
import { valuesToCreate, valuesToUpdate } from "./changes";
import { recordEvent, type ExportContext, type SourceObject } from "./context";
import { desiredValues } from "./desired";
import { modified } from "./exportUser";
import { findMatch } from "./matching";
import { createGroupBody, memberOperations, patchBody } from "./scimBody";
import { passesFilter } from "./scopeFilter";
import { groupLookup } from "./source";

/** Creates or updates one group in scope in the target, without its members. Skips groups that are not security groups. */
export async function exportGroup(context: ExportContext, group: Group): Promise<void> {
  const { record, mapping, client } = context;
  const source: SourceObject = { type: "Group", id: group.id, name: group.displayName };
  const lookup = groupLookup(group, false);
  if (!mapping.enabled || !group.securityEnabled || !passesFilter(mapping.scope, lookup)) {
    return recordEvent(context, source, "skip", { status: "skipped", code: "NotEffectivelyEntitled" });
  }
  const values = desiredValues(record.schema, mapping, context.rule.targetDirectoryName, lookup);
  const connector = record.connectors.get(group.id);
  const target =
    (connector && (await client.get("Groups", connector.targetId))) ??
    (await findMatch(context, source, "Groups", values));
  if (!target) {
    const changes = valuesToCreate(values);
    const made = await client.create("Groups", createGroupBody(changes));
    connect(context, group.id, made.id);
    return recordEvent(context, source, "create", { targetId: made.id, modified: modified(changes) });
  }
  if (connector?.targetId !== target.id) connect(context, group.id, target.id);
  const changes = valuesToUpdate(values, target);
  if (changes.length === 0) {
    return recordEvent(context, source, "skip", { status: "skipped", code: "RedundantExport", targetId: target.id });
  }
  await client.patch("Groups", target.id, patchBody(changes, client.compliant));
  recordEvent(context, source, "update", { targetId: target.id, modified: modified(changes) });
}

/** Adds and removes members in the target. Only direct members with an account in the target count. */
export async function exportMembers(context: ExportContext, group: Group): Promise<void> {
  const { directory, record, mapping, client } = context;
  const entry = record.connectors.get(group.id);
  if (!entry || !mapping.attributeMappings.some((one) => one.source?.name === "members")) return;
  const wanted = directory.members
    .targets(group.id)
    // Keep the membership of a soft-deleted user: the account is disabled, and the user can be restored.
    .flatMap((id) => (directory.groups.has(id) ? [] : (record.connectors.get(id)?.targetId ?? [])));
  const add = wanted.filter((id) => !entry.members.includes(id));
  const remove = entry.members.filter((id) => !wanted.includes(id));
  for (const body of memberOperations(add, remove, client.compliant))
    await client.patch("Groups", entry.targetId, body);
  entry.members = wanted;
  if (add.length + remove.length === 0) return;
  recordEvent(context, { type: "Group", id: group.id, name: group.displayName }, "members", {
    targetId: entry.targetId,
    modified: [
      ...add.map((id) => ({ name: "members", oldValue: null, newValue: id })),
      ...remove.map((id) => ({ name: "members", oldValue: id, newValue: null })),
    ],
  });
}

/** Deletes a group that left the scope in the target. Groups have no soft delete. */
export async function removeGroup(context: ExportContext, groupId: string): Promise<void> {
  const entry = context.record.connectors.get(groupId);
  if (!entry || !context.mapping.flowTypes.includes("Delete")) return;
  await context.client.remove("Groups", entry.targetId);
  context.record.connectors.delete(groupId);
  const name = context.directory.groups.get(groupId)?.displayName ?? groupId;
  recordEvent(context, { type: "Group", id: groupId, name }, "delete", { targetId: entry.targetId });
}

function connect(context: ExportContext, groupId: string, targetId: string): void {
  const entry: ConnectorEntry = {
    sourceType: "Group",
    targetId,
    exported: {},
    members: [],
    outOfScope: false,
    disabled: false,
  };
  context.record.connectors.set(groupId, entry);
}
