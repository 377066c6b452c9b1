import type { TenantState } from "../state/tenant";
import { endpointOf, testConnection } from "../synchronization/scimEndpoint";
import { recordEvent as recordJobEvent, type JobRecord } from "../synchronization/job";
import { recordEvent, type Cycle, type ExportContext, type SourceObject } from "./context";
import { exportGroup, exportMembers } from "./exportGroup";
import { removeObject } from "./exportObject";
import { exportUser, exportUserReferences } from "./exportUser";
import { findHeldDeletions, recordHeldDeletions } from "./heldDeletions";
import { EndpointFailure, ObjectFailure, ScimClient } from "./scimClient";
import { scopeOf } from "./scope";
import { recordOutcome } from "./status";
import type { CycleSummary, JobCycle, ProvisioningAction } from "./types";

/**
 * Runs one provisioning cycle of one job, or of all active jobs in sequence. `jobId` is an id or a path that ends with it.
 * Throws if the given job is missing or not active, because the service would not run it.
 */
export async function runCycle(state: TenantState, trustedCa: string, jobId?: string): Promise<CycleSummary> {
  const jobs: JobCycle[] = [];
  for (const record of chosen(state, jobId)) jobs.push(await runJob(state, record, trustedCa));
  const events = jobs.flatMap((job) => job.events);
  const count = (...actions: ProvisioningAction[]): number =>
    events.filter((event) => event.status === "success" && actions.includes(event.action)).length;
  return {
    jobs,
    created: count("create"),
    updated: count("update", "enable", "members"),
    disabled: count("disable"),
    deleted: count("delete"),
    held: events.filter((event) => event.code === "TooManyDeletes").length,
    skipped: events.filter((event) => event.status === "skipped").length,
    failed: events.filter((event) => event.status === "failure").length,
  };
}

function chosen(state: TenantState, jobId: string | undefined): JobRecord[] {
  if (jobId === undefined) return [...state.jobs.values()].filter(({ job }) => job.schedule.state === "Active");
  const record = state.jobs.get(jobId.split("/").at(-1) ?? "");
  if (!record) throw new Error(`There is no synchronization job "${jobId}". Use the id of a job of this tenant.`);
  const status = record.job.schedule.state;
  if (status === "Active") return [record];
  throw new Error(`The synchronization job "${jobId}" is ${status}. Start it before you run a cycle.`);
}

/**
 * Runs one cycle of a job like the provisioning service. Without a watermark, the cycle is initial and covers all objects.
 * Otherwise it covers changed objects, failed objects and held objects. Updates status, counts and quarantine of the job.
 */
async function runJob(state: TenantState, record: JobRecord, trustedCa: string): Promise<JobCycle> {
  const startedAt = new Date();
  const kind = record.watermark === null ? "initial" : "incremental";
  const cycle: Cycle = { state, record, scope: scopeOf(state, record.servicePrincipalId), events: [] };
  const { events } = cycle;
  const prints = fingerprints(cycle);
  const changed = changedIds(record.watermark, prints);
  for (const id of [...record.escrows.keys(), ...record.held]) changed.add(id);
  const held = findHeldDeletions(cycle, changed);
  const processed = new Set([...changed].filter((id) => !held?.ids.has(id)));
  recordJobEvent(record, "cycle");
  let failure: EndpointFailure | undefined;
  try {
    const secrets = state.syncSecrets.get(record.servicePrincipalId) ?? [];
    const problem = await testConnection(secrets, trustedCa, record.schema);
    if (problem) throw new EndpointFailure(problem.message);
    for (const context of contexts(cycle, new ScimClient(endpointOf(secrets, trustedCa)))) {
      if (context.mapping.sourceObjectName === "User") await exportUsers(context, processed);
      if (context.mapping.sourceObjectName === "Group") await exportGroups(context, processed, held?.ids);
    }
    record.watermark = prints;
    record.held = new Set(held?.ids);
    record.forceDeletes = false;
    if (held) recordHeldDeletions(cycle, held);
  } catch (error) {
    if (!(error instanceof EndpointFailure)) throw error;
    failure = error;
  }
  state.provisioningLog.push(...events);
  const { size: imported } = processed;
  const outcome = { startedAt, imported, failure: failure?.message, held: failure ? undefined : held };
  return { jobId: record.job.id, kind, ...recordOutcome(cycle, outcome), events };
}

/** Returns a fingerprint of every source object by id. It replaces the delta query of the service. */
function fingerprints({ state, scope }: Cycle): Map<string, string> {
  const { users, groups, deleted, managers, members } = state;
  const prints = new Map<string, string>();
  for (const [id, user] of users) prints.set(id, JSON.stringify([user, managers.get(id), scope.users.has(id)]));
  for (const [id, one] of deleted) if (one.type === "user") prints.set(id, JSON.stringify([one, scope.users.has(id)]));
  for (const [id, group] of groups) {
    prints.set(id, JSON.stringify([group, members.targets(id), scope.groups.has(id)]));
  }
  return prints;
}

/** Returns the ids of objects that changed or disappeared since the last cycle; all ids if there was no cycle. */
function changedIds(watermark: ReadonlyMap<string, string> | null, now: ReadonlyMap<string, string>): Set<string> {
  const ids = new Set([...now.keys(), ...(watermark?.keys() ?? [])]);
  return new Set([...ids].filter((id) => watermark?.get(id) !== now.get(id)));
}

/** Returns the contexts of all object mappings: users before groups, whose members need accounts, then by priority of the rule. */
function contexts(cycle: Cycle, client: ScimClient): ExportContext[] {
  const rules = [...cycle.record.schema.synchronizationRules].sort((a, b) => a.priority - b.priority);
  const all = rules.flatMap((rule) => rule.objectMappings.map((mapping) => ({ ...cycle, client, rule, mapping })));
  const isUsers = ({ mapping }: ExportContext): boolean => mapping.sourceObjectName === "User";
  return [...all.filter(isUsers), ...all.filter((one) => !isUsers(one))];
}

async function exportUsers(context: ExportContext, changed: ReadonlySet<string>): Promise<void> {
  const { state, record, scope } = context;
  const isRelevant = (id: string) => scope.users.has(id) || record.connectors.get(id)?.sourceType === "User";
  for (const id of [...changed].filter(isRelevant)) {
    const source: SourceObject = { type: "User", id };
    const user = state.users.get(id) ?? state.deletedUser(id);
    await recordFailure(context, source, () => (user ? exportUser(context, user) : removeObject(context, source)));
  }
  for (const id of [...changed].filter(isRelevant)) {
    const user = state.users.get(id);
    if (!user || record.escrows.has(id)) continue;
    await recordFailure(context, { type: "User", id }, () => exportUserReferences(context, user));
  }
}

async function exportGroups(
  context: ExportContext,
  changed: ReadonlySet<string>,
  held: ReadonlySet<string> | undefined,
): Promise<void> {
  const { state, record, scope, mapping } = context;
  for (const [id, { sourceType }] of [...record.connectors]) {
    if (sourceType !== "Group" || (scope.groups.has(id) && state.groups.has(id)) || held?.has(id)) continue;
    const source: SourceObject = { type: "Group", id };
    await recordFailure(context, source, () => removeObject(context, source));
  }
  for (const id of scope.groups) {
    const group = state.groups.get(id);
    if (!group || !mapping.enabled) continue;
    await recordFailure(context, { type: "Group", id }, async () => {
      if (changed.has(id)) await exportGroup(context, group);
      // A member can get an account although the group itself did not change.
      await exportMembers(context, group);
    });
  }
}

/** Runs the export of one object. Records its failure and retries it in the next cycle. */
async function recordFailure(context: ExportContext, source: SourceObject, act: () => Promise<void>): Promise<void> {
  try {
    await act();
    context.record.escrows.delete(source.id);
  } catch (error) {
    if (!(error instanceof ObjectFailure)) throw error;
    const { code, message } = error;
    context.record.escrows.set(source.id, message);
    recordEvent(context, source, "skip", { status: "failure", code, reason: message });
  }
}
