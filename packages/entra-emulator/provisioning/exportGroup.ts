import type { Group } from "../state/types";
import { recordEvent, type ExportContext, type SourceObject } from "./context";
import { exportObject, skip } from "./exportObject";
import { memberBodies } from "./scimBody";
import { passesFilter } from "./scope";
import { groupLookup } from "./source";

/** Creates or updates one group in scope in the target, without its members. Skips groups that are not security groups. */
export async function exportGroup(context: ExportContext, group: Group): Promise<void> {
  const source: SourceObject = { type: "Group", id: group.id };
  const lookup = groupLookup(group);
  if (!group.securityEnabled || !passesFilter(context.mapping.scope, lookup)) {
    return skip(context, source, { code: "NotEffectivelyEntitled" });
  }
  await exportObject(context, source, lookup);
}

/** Adds and removes members in the target. Only direct members with an account in the target count. */
export async function exportMembers(context: ExportContext, group: Group): Promise<void> {
  const { state, record, mapping, client } = context;
  const entry = record.connectors.get(group.id);
  if (!entry || !mapping.attributeMappings.some((one) => one.source?.name === "members")) return;
  // Keep the membership of a soft-deleted user: the account is disabled, and the user can be restored.
  const users = state.members.targets(group.id).filter((id) => !state.groups.has(id));
  const wanted = users.flatMap((id) => record.connectors.get(id)?.targetId ?? []);
  const add = wanted.filter((id) => !entry.members.includes(id));
  const remove = entry.members.filter((id) => !wanted.includes(id));
  for (const body of memberBodies(add, remove, client.compliant)) {
    await client.patch("Groups", entry.targetId, body);
  }
  entry.members = wanted;
  if (add.length + remove.length === 0) return;
  recordEvent(context, { type: "Group", id: group.id }, "members", {
    targetId: entry.targetId,
    modified: [
      ...add.map((id) => ({ name: "members", oldValue: null, newValue: id })),
      ...remove.map((id) => ({ name: "members", oldValue: id, newValue: null })),
    ],
  });
}
