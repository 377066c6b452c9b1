import { visible } from "../../visible";

/** Names come from a directory that others fill: everything is made harmless for where it is shown. */

const integers = new Intl.NumberFormat("en-US");

/** `1234567` -> `1,234,567`. */
export function count(value: number): string {
  return integers.format(value);
}

/** `1 person`, `2 people`. */
export function counted(value: number, one: string, many: string): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** A Markdown code span within a table: shows any text as it is, and mentions nobody. */
export function codeSpan(text: string): string {
  const shown = visible(text).replaceAll("|", "\\|");
  if (shown === "") return "";
  const longest = Math.max(0, ...(shown.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = shown.startsWith("`") || shown.endsWith("`") ? " " : "";
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** Plain text within a Markdown table. */
export function markdownText(text: string): string {
  return (
    visible(text)
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replace(/[\\`*_{}[\]()#+!|~>]/g, "\\$&")
      // An "@" that could begin a mention is parted from what follows.
      .replace(/(?<![A-Za-z0-9])@/g, "@\u200b")
  );
}

/** A CSV field (RFC 4180). What a spreadsheet would take for a formula is led by an
 * apostrophe, as is what would then look the same: taking one away gives the text again. */
export function csvField(text: string): string {
  const inert = /^'*[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

export function htmlText(text: string): string {
  return visible(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
