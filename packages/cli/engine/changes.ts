/** Derives the changes of an engine operation from its events. No I/O. */
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { shownValue, valueAt } from "./values";

export interface PropertyChange {
  /** Property path in Pulumi's notation: `mappings["name.givenName"].source`. */
  path: string;
  kind: "add" | "delete" | "update";
  /** The change of this property replaces the resource. */
  replaces: boolean;
  /** Old value as text. Absent: there is none. Secrets are masked. */
  before?: string;
  after?: string;
}

export interface ResourceChange {
  /** `create`, `update`, `delete`, `replace`, ... */
  op: string;
  urn: string;
  type: string;
  name: string;
  /** Name of the object in its service, such as a display name. */
  label?: string;
  properties: PropertyChange[];
}

export interface Message {
  severity: "warning" | "error";
  text: string;
  /** Name and type of the resource that the message belongs to. */
  about?: { name: string; type: string };
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
  const messages: Message[] = [];
  for (const { resourcePreEvent, resOutputsEvent, diagnosticEvent, policyEvent } of events) {
    const metadata = resourcePreEvent?.metadata ?? resOutputsEvent?.metadata;
    if (metadata !== undefined) {
      if (metadata.op === "same" && isResource(metadata)) same.add(metadata.urn);
      addResource(resources, metadata);
    }
    if (diagnosticEvent !== undefined) addMessage(messages, diagnosticEvent);
    if (policyEvent !== undefined) {
      const { message, policyName, enforcementLevel, resourceUrn } = policyEvent;
      const severity = enforcementLevel === "mandatory" ? "error" : "warning";
      messages.push({ severity, text: clean(`${policyName}: ${message}`), ...about(resourceUrn) });
    }
  }
  return {
    resources: [...resources.values()],
    messages,
    unchanged: [...same].filter((urn) => !resources.has(urn)).length,
  };
}

function addResource(resources: Map<string, ResourceChange>, metadata: Metadata): void {
  if (silent.has(metadata.op) || !isResource(metadata)) return;
  const op = replacing.has(metadata.op) ? "replace" : metadata.op;
  const properties = propertiesOf(metadata);
  const known = resources.get(metadata.urn);
  // Only one event has the property differences: one of the steps of a replacement, one of the two events of a step.
  if (known !== undefined) {
    if (op === "replace") known.op = op;
    if (known.properties.length === 0) known.properties = properties;
    return;
  }
  const { urn, type } = metadata;
  const label = labelOf((metadata.new ?? metadata.old)?.inputs);
  resources.set(urn, { op, urn, type, name: nameOf(urn), ...(label === undefined ? {} : { label }), properties });
}

function labelOf(inputs: Record<string, unknown> | undefined): string | undefined {
  for (const path of ["displayName", "metadata.name", "name", "teamSlug"]) {
    const found = valueAt(inputs, path);
    if (typeof found === "string") return shownValue(found);
  }
  return undefined;
}

function isResource(metadata: Metadata): boolean {
  const state = metadata.new ?? metadata.old;
  if (state?.custom === false || metadata.type === "pulumi:pulumi:Stack") return false;
  if (state?.custom === undefined && metadata.type.includes(":components:")) return false;
  return !(metadata.type.startsWith("pulumi:providers:") && metadata.op !== "update" && !replacing.has(metadata.op));
}

function propertiesOf(metadata: Metadata): PropertyChange[] {
  if (metadata.detailedDiff == null) {
    if (metadata.op === "create" || metadata.op === "delete") return [];
    return (metadata.diffs ?? []).map((path) => ({
      path,
      kind: "update",
      replaces: metadata.keys?.includes(path) ?? false,
    }));
  }
  return Object.entries(metadata.detailedDiff).map(([path, { diffKind, inputDiff }]) => {
    const kind = String(diffKind);
    const old = metadata.old === undefined ? undefined : inputDiff ? metadata.old.inputs : metadata.old.outputs;
    const before = kind.startsWith("add") ? undefined : shownValue(valueAt(old, path));
    const after = kind.startsWith("delete") ? undefined : shownValue(valueAt(metadata.new?.inputs, path));
    return {
      path,
      kind: kind.replace(/-replace$/, "") as PropertyChange["kind"],
      replaces: kind.endsWith("-replace"),
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    };
  });
}

function addMessage(messages: Message[], event: NonNullable<EngineEvent["diagnosticEvent"]>): void {
  const { severity, message, urn } = event;
  // Debug messages contain secrets in cleartext, so they are never read.
  if (severity !== "warning" && severity !== "error") return;
  const text = clean(message);
  const same = messages.some(
    (one) => one.text === text && one.severity === severity && one.about?.name === about(urn).about?.name,
  );
  if (text !== "" && !same) messages.push({ severity, text, ...about(urn) });
}

function about(urn: string | undefined): { about?: { name: string; type: string } } {
  if (!urn) return {};
  const type = urn.split("::")[2]?.split("$").pop() ?? "";
  return type === "pulumi:pulumi:Stack" ? {} : { about: { name: nameOf(urn), type } };
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

const opNames: Readonly<Record<string, string>> = {
  create: "to create",
  update: "to update",
  replace: "to replace",
  delete: "to delete",
};

/** Formats the number of changes per operation: `2 to create, 1 to replace`. Empty: no changes. */
export function formatCounts(resources: readonly ResourceChange[]): string {
  const counts = new Map<string, number>();
  for (const { op } of resources) counts.set(op, (counts.get(op) ?? 0) + 1);
  const order = [...Object.keys(opNames), ...[...counts.keys()].filter((op) => opNames[op] === undefined)];
  return order
    .filter((op) => counts.has(op))
    .map((op) => `${counts.get(op)} ${opNames[op] ?? `to ${op}`}`)
    .join(", ");
}
