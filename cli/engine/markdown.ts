import { codeSpan, count, counted, markdownText } from "../../mappings/usernames/render/text";
import { shortType, type Changes, type Message, type PropertyChange } from "./changes";

/** What is taken away comes first: that is what a reviewer must not miss. */
const rank: Readonly<Record<string, number>> = { delete: 0, replace: 1, update: 2, create: 3 };

/** Resources and what changes of them, as a table. */
export function changesTable({ resources }: Changes, rows: number): string[] {
  if (resources.length === 0) return [];
  // The engine tells them in no order: the same changes are to read the same.
  const key = ({ type, name }: Changes["resources"][number]) => `${shortType(type)} ${name}`;
  const sorted = [...resources].sort(
    (a, b) => (rank[a.op] ?? 4) - (rank[b.op] ?? 4) || (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0),
  );
  const lines = sorted.slice(0, rows).map(({ op, name, type, label, properties }) => {
    const verb = op === "delete" || op === "replace" ? `**${op}**` : markdownText(op);
    const changed = properties.slice(0, rows).map(propertyLine);
    if (properties.length === 0 && label !== undefined && label !== name) changed.push(codeSpan(label));
    if (properties.length > rows) changed.push(`and ${count(properties.length - rows)} more`);
    return `| ${verb} | ${codeSpan(name)} | ${markdownText(shortType(type))} | ${changed.join("<br>")} |`;
  });
  const left = sorted.length - lines.length;
  return [
    "|  | resource | type | what changes |",
    "| --- | --- | --- | --- |",
    ...lines,
    ...(left > 0 ? ["", `... and ${count(left)} more.`] : []),
  ];
}

function propertyLine({ path, kind, replaces, before, after }: PropertyChange): string {
  const name = `${codeSpan(path)}${replaces ? " (replaces)" : ""}`;
  if (before === undefined && after === undefined) return kind === "update" ? name : `${name}: ${kind}`;
  if (before === undefined) return `${name}: ${codeSpan(after ?? "")}`;
  if (after === undefined) return `${name}: ${codeSpan(before)} is removed`;
  return `${name}: ${codeSpan(before)} → ${codeSpan(after)}`;
}

/** What the program and the plugins said, word for word. */
export function messageList(messages: readonly Message[], rows: number): string[] {
  const lines = messages.slice(0, rows).flatMap(({ text, about }) => {
    const [first = "", ...others] = text.split("\n");
    const subject = about === undefined ? "" : `${codeSpan(about.name)}: `;
    return [`- ${subject}${markdownText(first)}`, ...others.map((line) => `  ${markdownText(line.trim())}  `)];
  });
  if (messages.length > rows) lines.push(`- and ${count(messages.length - rows)} more`);
  return lines;
}

export function folded(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", "<details>", `<summary>${title}</summary>`, "", ...lines, "", "</details>"];
}

/** Errors in full, warnings folded away. */
export function messageSections({ messages }: Pick<Changes, "messages">, rows: number): string[] {
  const errors = messages.filter(({ severity }) => severity === "error");
  const warnings = messages.filter(({ severity }) => severity === "warning");
  const title = counted(warnings.length, "warning", "warnings");
  return [
    ...(errors.length === 0 ? [] : ["", "**Errors**", "", ...messageList(errors, rows)]),
    ...folded(title, messageList(warnings, rows)),
  ];
}
