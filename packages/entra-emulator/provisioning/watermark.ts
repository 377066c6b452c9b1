import type { Directory } from "../state/directory";
import type { Scope } from "./scope";

/** Returns a fingerprint of every source object by id. It replaces the delta query of the service. */
export function fingerprints(directory: Directory, scope: Scope): Map<string, string> {
  const prints = new Map<string, string>();
  for (const user of directory.users.values()) {
    prints.set(user.id, JSON.stringify([user, directory.managers.get(user.id), scope.users.has(user.id)]));
  }
  for (const [id, { type, object }] of directory.deleted) {
    if (type === "user") prints.set(id, JSON.stringify(["deleted", object, scope.users.has(id)]));
  }
  for (const group of directory.groups.values()) {
    prints.set(group.id, JSON.stringify([group, directory.members.targets(group.id), scope.groups.has(group.id)]));
  }
  return prints;
}

/** Returns the ids of objects that changed or disappeared since the last cycle; all ids if there was no cycle. */
export function hasChangedSince(
  watermark: ReadonlyMap<string, string> | null,
  now: ReadonlyMap<string, string>,
): Set<string> {
  if (watermark === null) return new Set(now.keys());
  const changed = [...now].filter(([id, print]) => watermark.get(id) !== print).map(([id]) => id);
  return new Set([...changed, ...[...watermark.keys()].filter((id) => !now.has(id))]);
}
