import { createHash } from "node:crypto";
import { codeSpan, counted } from "entra-mappings";
import type { Changes, ResourceChange } from "../engine/changes";
import { changesTable, folded, messageList } from "../engine/markdown";

/** Returns the drifted resources: deleted ones, and those with changed declared properties. Computed properties do not count. */
export function hasDrift({ resources }: Changes): ResourceChange[] {
  return resources.filter(({ op, properties }) => op === "delete" || properties.length > 0);
}

/** Returns the title of the issue about a stack. */
export function driftTitle(stack: string): string {
  return `Drift of the stack ${stack}`;
}

/** Returns a hash of the drift. The same drift always has the same hash. */
export function driftFingerprint(resources: readonly ResourceChange[]): string {
  const facts = resources.map(({ urn, op, properties }) => [
    urn,
    op,
    properties.map(({ path, kind, after }) => [path, kind, after ?? null]).sort(),
  ]);
  return createHash("sha256").update(JSON.stringify(facts.sort())).digest("hex");
}

/** Renders the text of the issue. `rows`: maximum table rows. `footer`: one line of Markdown with a link to the run, or empty. */
export function driftMarkdown(
  stack: string,
  changes: Changes,
  { rows, footer }: { rows: number; footer: string },
): string {
  const found = hasDrift(changes);
  const opNames = new Map([
    ["update", "changed"],
    ["delete", "deleted"],
  ]);
  const about = (message: Changes["messages"][number]) =>
    found.some(({ name, type }) => name === message.about?.name && type === message.about.type);
  const related = changes.messages.filter(about);
  const others = changes.messages.filter((message) => !about(message));
  const subject = counted(found.length, "resource is", "resources are");
  return [
    `### Drift of ${codeSpan(stack)}: ${subject} not as deployed`,
    "",
    ...(related.length === 0 ? [] : [...messageList(related, rows), ""]),
    ...changesTable(
      { ...changes, resources: found.map((one) => ({ ...one, op: opNames.get(one.op) ?? one.op })) },
      rows,
    ),
    "",
    "`recorded → found`. `pulumi up --refresh` restores the recorded values. To keep a found value, put it into the configuration or the program.",
    ...folded(counted(others.length, "further message", "further messages"), messageList(others, rows)),
    ...(footer === "" ? [] : ["", footer]),
    "",
  ].join("\n");
}
