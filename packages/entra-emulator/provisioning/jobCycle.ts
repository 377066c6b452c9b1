import { randomUUID } from "node:crypto";

import { testConnection } from "../synchronization/connection";
import { recordTransition } from "../synchronization/newJob";
import type { JobRecord } from "../synchronization/types";
import type { Directory } from "../state/directory";
import type { User } from "../state/types";
import { findHeldDeletions, stagedEvents, type Held } from "./accidentalDeletions";
import { recordEvent, type ExportContext } from "./context";
import { exportGroup, exportMembers, removeGroup } from "./exportGroup";
import { exportUser, exportUserReferences } from "./exportUser";
import { EndpointFailure, ObjectFailure, ScimClient } from "./scimClient";
import { scopeOf, type Scope } from "./scope";
import { recordOutcome } from "./status";
import type { JobCycle, ProvisioningEvent } from "./types";
import { hasChangedSince, fingerprints } from "./watermark";

/**
 * Runs one cycle of a job like the provisioning service. Without a watermark, the cycle is initial and covers all objects.
 * Otherwise it covers changed objects, failed objects and held objects. Updates status, counts and quarantine of the job.
 */
export async function runJobCycle(directory: Directory, record: JobRecord, trustedCa: string): Promise<JobCycle> {
  const startedAt = new Date();
  const initial = record.watermark === null;
  const scope = scopeOf(directory, record.servicePrincipalId);
  const prints = fingerprints(directory, scope);
  const changed = hasChangedSince(record.watermark, prints);
  for (const id of [...record.escrows.keys(), ...record.held]) changed.add(id);
  const held = findHeldDeletions(directory, record, scope, changed);
  for (const id of held?.ids ?? []) changed.delete(id);
  const events: ProvisioningEvent[] = [];
  recordTransition(record, "cycle");
  let failure: EndpointFailure | undefined;
  try {
    const client = await connect(directory, record, trustedCa);
    await exportAll(directory, record, client, scope, { changed, held }, events);
    record.watermark = prints;
    record.held = new Set(held?.ids);
    record.forceDeletes = false;
    if (held !== undefined) events.push(...stagedEvents(directory, record, held));
  } catch (error) {
    if (!(error instanceof EndpointFailure)) throw error;
    failure = error;
  }
  const { execution, quarantine } = recordOutcome(record, {
    activityIdentifier: randomUUID(),
    startedAt,
    events,
    entitled: scope.users.size + scope.groups.size,
    imported: changed.size,
    failure: failure?.message,
    held: failure === undefined ? held : undefined,
  });
  return { jobId: record.job.id, kind: initial ? "initial" : "incremental", execution, quarantine, events };
}

async function connect(directory: Directory, record: JobRecord, trustedCa: string): Promise<ScimClient> {
  const pairs = directory.syncSecrets.get(record.servicePrincipalId) ?? [];
  const secrets = new Map(pairs.map(({ key, value }) => [key, value]));
  const problem = await testConnection(trustedCa, secrets, record.schema);
  if (problem) throw new EndpointFailure(problem.message);
  return new ScimClient(secrets.get("BaseAddress") ?? "", secrets.get("SecretToken") ?? "", trustedCa);
}

async function exportAll(
  directory: Directory,
  record: JobRecord,
  client: ScimClient,
  scope: Scope,
  { changed, held }: { changed: ReadonlySet<string>; held: Held | undefined },
  events: ProvisioningEvent[],
): Promise<void> {
  const contexts = [...record.schema.synchronizationRules]
    .sort((a, b) => a.priority - b.priority)
    .flatMap((rule) =>
      rule.objectMappings.map((mapping) => ({ directory, record, rule, mapping, client, scope, events })),
    );
  const users = contexts.filter((one) => one.mapping.sourceObjectName === "User");
  const groups = contexts.filter((one) => one.mapping.sourceObjectName === "Group");
  for (const context of users) {
    for (const id of relevantUsers(context, changed)) await exportOneUser(context, id);
    for (const id of relevantUsers(context, changed)) {
      const user = directory.users.get(id);
      if (user && !record.escrows.has(id))
        await exportOrRecordFailure(context, "User", id, () => exportUserReferences(context, user));
    }
  }
  for (const context of groups) await exportGroups(context, changed, held);
}

/** Returns the changed users that are in scope or were in scope before. */
function relevantUsers({ scope, record }: ExportContext, changed: ReadonlySet<string>): string[] {
  return [...changed].filter((id) => scope.users.has(id) || record.connectors.get(id)?.sourceType === "User");
}

async function exportOneUser(context: ExportContext, id: string): Promise<void> {
  const { directory, record } = context;
  const user = directory.users.get(id) ?? (directory.deleted.get(id)?.object as User | undefined);
  await exportOrRecordFailure(context, "User", id, async () => {
    if (user) return exportUser(context, user);
    const entry = record.connectors.get(id);
    record.connectors.delete(id);
    // The user was deleted permanently. If the user left the scope earlier, the account stays disabled.
    if (!entry || entry.outOfScope || !context.mapping.flowTypes.includes("Delete")) return;
    await context.client.remove("Users", entry.targetId);
    recordEvent(context, { type: "User", id, name: id }, "delete", { targetId: entry.targetId });
  });
}

async function exportGroups(
  context: ExportContext,
  changed: ReadonlySet<string>,
  held: Held | undefined,
): Promise<void> {
  const { directory, record, scope, mapping } = context;
  for (const [id, entry] of [...record.connectors]) {
    if (entry.sourceType !== "Group" || (scope.groups.has(id) && directory.groups.has(id))) continue;
    if (held?.ids.has(id)) continue;
    await exportOrRecordFailure(context, "Group", id, () => removeGroup(context, id));
  }
  for (const id of scope.groups) {
    const group = directory.groups.get(id);
    if (!group || !mapping.enabled) continue;
    await exportOrRecordFailure(context, "Group", id, async () => {
      if (changed.has(id)) await exportGroup(context, group);
      // A member can get an account although the group itself did not change.
      await exportMembers(context, group);
    });
  }
}

/** Runs the export of one object. Records its failure and retries it in the next cycle. */
async function exportOrRecordFailure(
  context: ExportContext,
  type: "User" | "Group",
  id: string,
  act: () => Promise<void>,
): Promise<void> {
  try {
    await act();
    context.record.escrows.delete(id);
  } catch (error) {
    if (!(error instanceof ObjectFailure)) throw error;
    context.record.escrows.set(id, error.message);
    const found = context.directory.find(id)?.object;
    const name = String(found?.["userPrincipalName"] ?? found?.["displayName"] ?? id);
    recordEvent(context, { type, id, name }, "skip", { status: "failure", code: error.code, reason: error.message });
  }
}
