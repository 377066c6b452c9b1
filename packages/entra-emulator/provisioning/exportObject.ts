import type { InputValue } from "entra-mappings";

import type { ConnectorEntry, JobRecord } from "../synchronization/job";
import { recordEvent, sourceName, type ExportContext, type SourceObject } from "./context";
import { createBody, patchBody, type Change } from "./scimBody";
import { ObjectFailure, type ScimResource } from "./scimClient";
import type { ProvisioningAction, ProvisioningEvent } from "./types";
import { desiredValues, valuesToCreate, valuesToUpdate, type DesiredValue } from "./values";

/** Creates or updates one object in the target, without its references. A disabled object is never created. Throws ObjectFailure. */
export async function exportObject(
  context: ExportContext,
  source: SourceObject,
  lookup: (name: string) => InputValue,
  { outOfScope = false, disabled = false } = {},
): Promise<void> {
  const { record, mapping, client } = context;
  const type = `${source.type}s` as const;
  const values = desiredValues(context, lookup);
  const target = await existingTarget(context, source, values);
  if (!target && disabled) return;
  if (!target && !mapping.flowTypes.includes("Add")) return skip(context, source, { code: "FlowTypeAddDisabled" });
  if (!target) {
    const changes = valuesToCreate(values);
    if (changes.length === 0)
      throw new ObjectFailure("NoAttributes", `Nothing is mapped for ${sourceName(context.state, source.id)}.`);
    const made = await client.create(type, createBody(source.type, changes));
    connect(record, source, made.id);
    return recordEvent(context, source, "create", { targetId: made.id, modified: modified(changes) });
  }
  Object.assign(connect(record, source, target.id), { outOfScope, disabled });
  const changes = mapping.flowTypes.includes("Update") ? valuesToUpdate(values, target) : [];
  if (changes.length === 0) return skip(context, source, { code: "RedundantExport", targetId: target.id });
  await client.patch(type, target.id, patchBody(changes, client.compliant));
  recordEvent(context, source, actionOf(changes), { targetId: target.id, modified: modified(changes) });
}

/** Deletes an object that was deleted permanently, or a group that left the scope, in the target. */
export async function removeObject(context: ExportContext, source: SourceObject): Promise<void> {
  const { record, mapping, client } = context;
  const entry = record.connectors.get(source.id);
  record.connectors.delete(source.id);
  // The account of a user who left the scope earlier stays disabled.
  if (!entry || entry.outOfScope || !mapping.flowTypes.includes("Delete")) return;
  await client.remove(`${source.type}s`, entry.targetId);
  recordEvent(context, source, "delete", { targetId: entry.targetId });
}

export function skip(
  context: ExportContext,
  source: SourceObject,
  details: Partial<Pick<ProvisioningEvent, "code" | "reason" | "targetId">>,
): void {
  recordEvent(context, source, "skip", { status: "skipped", ...details });
}

async function existingTarget(
  context: ExportContext,
  source: SourceObject,
  values: readonly DesiredValue[],
): Promise<ScimResource | undefined> {
  const { client, record } = context;
  const entry = record.connectors.get(source.id);
  const target = entry && (await client.get(`${source.type}s`, entry.targetId));
  if (target) return target;
  record.connectors.delete(source.id);
  return findMatch(context, source, values);
}

/**
 * Finds the target object that matches a source object. Tries the matching attributes in order of precedence.
 * Returns undefined if there is none. Throws ObjectFailure if the match is ambiguous or belongs to another source object.
 */
async function findMatch(
  { client, record, state }: ExportContext,
  source: SourceObject,
  values: readonly DesiredValue[],
): Promise<ScimResource | undefined> {
  const name = sourceName(state, source.id);
  const matching = values
    .filter(({ mapping, value }) => mapping.matchingPriority > 0 && typeof value === "string")
    .sort((a, b) => a.mapping.matchingPriority - b.mapping.matchingPriority);
  if (matching.length === 0) {
    const problem = `${name} has no value for any of the matching attributes.`;
    throw new ObjectFailure("JoiningPropertyValueIsMissing", problem);
  }
  for (const { mapping, value } of matching) {
    const place = `${mapping.targetAttributeName} "${String(value)}"`;
    const found = await client.search(`${source.type}s`, mapping.targetAttributeName, String(value));
    if (found.length > 1) {
      throw new ObjectFailure("DuplicateTargetEntries", `${found.length} objects of the target have ${place}.`);
    }
    const target = found[0];
    if (!target) continue;
    const isTaken = [...record.connectors].some(
      ([id, entry]) => id !== source.id && entry.targetId === target.id && entry.sourceType === source.type,
    );
    if (!isTaken) return target;
    const other = `another ${source.type.toLowerCase()}`;
    throw new ObjectFailure("DuplicateSourceEntries", `${name} and ${other} both have ${place} in the target.`);
  }
  return undefined;
}

function connect(record: JobRecord, { type, id }: SourceObject, targetId: string): ConnectorEntry {
  const connector = record.connectors.get(id);
  if (connector?.targetId === targetId) return connector;
  const entry = { sourceType: type, targetId, exported: {}, members: [], outOfScope: false, disabled: false };
  record.connectors.set(id, entry);
  return entry;
}

function actionOf(changes: readonly Change[]): ProvisioningAction {
  const active = changes.find((one) => one.name === "active");
  if (!active) return "update";
  return String(active.value).toLowerCase() === "true" ? "enable" : "disable";
}

export function modified(changes: readonly Change[]): ProvisioningEvent["modified"] {
  return changes.map(({ name, old, value }) => ({ name, oldValue: old, newValue: [value].flat().join(", ") }));
}
