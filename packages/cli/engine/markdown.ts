import { codeSpan, count, counted, markdownText } from "entra-mappings";
import { shortType, type Changes, type Message, type PropertyChange } from "./changes";

/** Order of operations in the table. Deletions come first because a reviewer must not miss them. */
const rank: Readonly<Record<string, number>> = { delete: 0, replace: 1, update: 2, create: 3 };

/** Renders the changed resources as a Markdown table. @param rows maximum number of rows, and of properties per row */
export function changesTable({ resources }: Changes, rows: number): string[] {
  if (resources.length === 0) return [];
  // The engine reports resources in any order. Sorting gives the same text for the same changes.
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
    "|  | resource | type | changes |",
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

/** Renders the messages of the program and the plugins as a list, without rewording them. */
export function messageList(messages: readonly Message[], rows: number): string[] {
  const lines = messages.slice(0, rows).flatMap(({ text, about }) => {
    const [first = "", ...others] = text.split("\n");
    const subject = about === undefined ? "" : `${codeSpan(about.name)}: `;
    return [`- ${subject}${markdownText(first)}`, ...others.map((line) => `  ${markdownText(line.trim())}  `)];
  });
  if (messages.length > rows) lines.push(`- and ${count(messages.length - rows)} more`);
  return lines;
}

/** Wraps lines in a closed `<details>` element. Empty: there are no lines. */
export function folded(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", "<details>", `<summary>${title}</summary>`, "", ...lines, "", "</details>"];
}

/** Renders errors openly and warnings in a closed `<details>` element. */
export function messageSections(messages: readonly Message[], rows: number): string[] {
  const errors = messages.filter(({ severity }) => severity === "error");
  const warnings = messages.filter(({ severity }) => severity === "warning");
  const title = counted(warnings.length, "warning", "warnings");
  return [
    ...(errors.length === 0 ? [] : ["", "**Errors**", "", ...messageList(errors, rows)]),
    ...folded(title, messageList(warnings, rows)),
  ];
}
