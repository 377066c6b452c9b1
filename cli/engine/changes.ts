/** What an operation of the engine would change, out of the events that it tells. Without I/O. */
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { shownValue, valueAt } from "./values";

export interface PropertyChange {
  /** As Pulumi writes it: `mappings["name.givenName"].source`. */
  path: string;
  kind: "add" | "delete" | "update";
  /** The property's change replaces the resource. */
  replaces: boolean;
  /** Absent where there is no value. Secrets are masked by the engine. */
  before?: string;
  after?: string;
}

export interface ResourceChange {
  /** `create`, `update`, `delete`, `replace`, ... */
  op: string;
  urn: string;
  type: string;
  name: string;
  /** What it is called where it lives: a display name, a name. */
  label?: string;
  properties: PropertyChange[];
}

export interface Message {
  severity: "warning" | "error";
  text: string;
  /** Name and type of the resource that it is about. */
  about?: { name: string; type: string };
}

export interface Changes {
  resources: ResourceChange[];
  messages: Message[];
  /** Resources looked at and left as they are. */
  unchanged: number;
}

type Metadata = NonNullable<EngineEvent["resourcePreEvent"]>["metadata"];

/** Steps of a replacement are told one by one; to the reader they are one. */
const replacing = new Set(["replace", "create-replacement", "delete-replaced", "import-replacement"]);
/** Not changes: what was read, what a refresh is about to look at, what the engine does for itself. */
const silent = new Set(["same", "read", "read-replacement", "read-discard", "refresh", "discard-replaced"]);

/** The changes of a preview or of a refresh. Components and the providers that come with them are no resources of their own. */
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
  // Of the steps of a replacement, and of the two events of a step, one has the differences.
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
  // Debug messages hold values in clear, and are never looked at.
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

/** Without the engine's marks for colours, and without the stack of an error that the program words itself. */
function clean(message: string): string {
  return message
    .replace(/<\{%[^%]*%\}>/g, "")
    .replace(/\n\s+at [^\n]*/g, "")
    .trim();
}

/** `usersync:entra:AttributeMappings` -> `usersync entra.AttributeMappings`; `azuread:index/group:Group` -> `azuread Group`. */
export function shortType(type: string): string {
  const [provider = "", module = "", name = ""] = type.split(":");
  if (name === "") return type;
  const inner = module.replace(/^index(\/.*)?$/, "").replace(/^core\/v1$/, "");
  return `${provider} ${inner === "" ? "" : `${inner}${inner.includes("/") ? " " : "."}`}${name}`;
}

const words: Readonly<Record<string, string>> = {
  create: "to create",
  update: "to update",
  replace: "to replace",
  delete: "to delete",
};

/** `2 to create, 1 to replace`; empty when there is nothing to do. */
export function formatCounts(resources: readonly ResourceChange[]): string {
  const counts = new Map<string, number>();
  for (const { op } of resources) counts.set(op, (counts.get(op) ?? 0) + 1);
  const order = [...Object.keys(words), ...[...counts.keys()].filter((op) => words[op] === undefined)];
  return order
    .filter((op) => counts.has(op))
    .map((op) => `${counts.get(op)} ${words[op] ?? `to ${op}`}`)
    .join(", ");
}
