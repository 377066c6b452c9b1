/** Derives the changes of an engine operation from its events. No I/O. */
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { shownValue, valueAt } from "./values";

export interface PropertyChange {
  /** Property path in Pulumi's notation: `mappings["name.givenName"].source`. */
  path: string;
  kind: "add" | "delete" | "update";
  /** The change of this property replaces the resource. */
  replaces: boolean;
  /** Old value as text. Undefined: there is none. Secrets are masked. */
  before?: string | undefined;
  after?: string | undefined;
}

export interface ResourceChange {
  /** `create`, `update`, `delete`, `replace`, ... */
  op: string;
  urn: string;
  type: string;
  name: string;
  /** Name of the object in its service, such as a display name. */
  label: string | undefined;
  properties: PropertyChange[];
}

export interface Message {
  severity: "warning" | "error";
  text: string;
  /** Name and type of the resource that the message belongs to. */
  about?: { name: string; type: string } | undefined;
}

export interface Changes {
  resources: ResourceChange[];
  messages: Message[];
  /** Number of resources without a change. */
  unchanged: number;
}

type Metadata = NonNullable<EngineEvent["resourcePreEvent"]>["metadata"];

/** Steps of a replacement. The engine reports each step; the reader sees one change. */
const replacing = new Set(["replace", "create-replacement", "delete-replaced", "import-replacement"]);
/** Operations that change nothing: reads, the start of a refresh, and internal steps of the engine. */
const silent = new Set(["same", "read", "read-replacement", "read-discard", "refresh", "discard-replaced"]);

/** Returns the changes of a preview or a refresh. Components, and providers that are only created or deleted, are not included. */
export function readChanges(events: readonly EngineEvent[]): Changes {
  const resources = new Map<string, ResourceChange>();
  const same = new Set<string>();
  const messages = new Map<string, Message>();
  const addMessage = (severity: Message["severity"], message: string, urn: string | undefined) => {
    const [text, about] = [clean(message), aboutOf(urn)];
    if (text !== "") messages.set(JSON.stringify([severity, text, about?.name]), { severity, text, about });
  };
  for (const { resourcePreEvent, resOutputsEvent, diagnosticEvent, policyEvent } of events) {
    const metadata = resourcePreEvent?.metadata ?? resOutputsEvent?.metadata;
    if (metadata !== undefined && isResource(metadata)) {
      if (metadata.op === "same") same.add(metadata.urn);
      if (!silent.has(metadata.op)) addResource(resources, metadata);
    }
    // Debug messages contain secrets in cleartext, so they are never read.
    if (diagnosticEvent?.severity === "warning" || diagnosticEvent?.severity === "error") {
      addMessage(diagnosticEvent.severity, diagnosticEvent.message, diagnosticEvent.urn);
    }
    if (policyEvent !== undefined) {
      const { message, policyName, enforcementLevel, resourceUrn } = policyEvent;
      addMessage(enforcementLevel === "mandatory" ? "error" : "warning", `${policyName}: ${message}`, resourceUrn);
    }
  }
  return {
    resources: [...resources.values()],
    messages: [...messages.values()],
    unchanged: [...same].filter((urn) => !resources.has(urn)).length,
  };
}

function addResource(resources: Map<string, ResourceChange>, metadata: Metadata): void {
  const { urn, type } = metadata;
  const op = replacing.has(metadata.op) ? "replace" : metadata.op;
  const properties = propertiesOf(metadata);
  const known = resources.get(urn);
  if (known === undefined) {
    resources.set(urn, { op, urn, type, name: nameOf(urn), label: labelOf(metadata), properties });
    return;
  }
  // Only one event has the property differences: one of the steps of a replacement, one of the two events of a step.
  if (op === "replace") known.op = op;
  if (known.properties.length === 0) known.properties = properties;
}

function labelOf(metadata: Metadata): string | undefined {
  const inputs = (metadata.new ?? metadata.old)?.inputs;
  const names = ["displayName", "metadata.name", "name", "teamSlug"].map((path) => valueAt(inputs, path));
  return shownValue(names.find((name) => typeof name === "string"));
}

function isResource(metadata: Metadata): boolean {
  const state = metadata.new ?? metadata.old;
  if (state?.custom === false || metadata.type === "pulumi:pulumi:Stack") return false;
  if (state?.custom === undefined && metadata.type.includes(":components:")) return false;
  return !(metadata.type.startsWith("pulumi:providers:") && metadata.op !== "update" && !replacing.has(metadata.op));
}

function propertiesOf({ op, detailedDiff, diffs, keys, old, new: now }: Metadata): PropertyChange[] {
  if (detailedDiff == null) {
    if (op === "create" || op === "delete") return [];
    return (diffs ?? []).map((path) => ({ path, kind: "update", replaces: keys?.includes(path) ?? false }));
  }
  return Object.entries(detailedDiff).map(([path, { diffKind, inputDiff }]) => {
    const kind = (["add", "delete"] as const).find((one) => diffKind.startsWith(one)) ?? "update";
    const before = inputDiff ? old?.inputs : old?.outputs;
    return {
      path,
      kind,
      replaces: diffKind.endsWith("-replace"),
      before: kind === "add" ? undefined : shownValue(valueAt(before, path)),
      after: kind === "delete" ? undefined : shownValue(valueAt(now?.inputs, path)),
    };
  });
}

function aboutOf(urn: string | undefined): Message["about"] {
  const type = urn?.split("::")[2]?.split("$").pop() ?? "";
  return !urn || type === "pulumi:pulumi:Stack" ? undefined : { name: nameOf(urn), type };
}

function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** Removes the engine's colour marks and stack traces from a message. */
function clean(message: string): string {
  return message
    .replace(/<\{%[^%]*%\}>/g, "")
    .replace(/\n\s+at [^\n]*/g, "")
    .trim();
}

/** Shortens a type: `usersync:entra:AttributeMappings` to `usersync entra.AttributeMappings`, `azuread:index/group:Group` to `azuread Group`. */
export function shortType(type: string): string {
  const [provider = "", module = "", name = ""] = type.split(":");
  if (name === "") return type;
  const inner = module.replace(/^index(\/.*)?$/, "").replace(/^core\/v1$/, "");
  return `${provider} ${inner === "" ? "" : `${inner}${inner.includes("/") ? " " : "."}`}${name}`;
}

/** Formats the number of changes per operation: `2 to create, 1 to replace`. Empty: no changes. */
export function formatCounts(resources: readonly ResourceChange[]): string {
  const counts = new Map(["create", "update", "replace", "delete"].map((op) => [op, 0]));
  for (const { op } of resources) counts.set(op, (counts.get(op) ?? 0) + 1);
  return [...counts].flatMap(([op, count]) => (count === 0 ? [] : [`${count} to ${op}`])).join(", ");
}
