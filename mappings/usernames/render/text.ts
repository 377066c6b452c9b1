import { truncate, escapeInvisible } from "../../visible";

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

/** Longer values are cut where a reader looks at them; Entra's own names have 256 characters at most. */
const longest = 300;

/** A value as one cell of a table for people: on one line, of bounded length. */
export function cell(text: string): string {
  return truncate(escapeInvisible(text), longest);
}

/** A Markdown code span within a table: shows any text as it is, and mentions, links and refers to nothing. */
export function codeSpan(text: string): string {
  const shown = cell(text).replaceAll("|", "\\|");
  if (shown === "") return "";
  const run = Math.max(0, ...(shown.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = "`".repeat(run + 1);
  const pad = /^[` ]|[` ]$/.test(shown) ? " " : "";
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** Plain text within a Markdown table: no markup, no HTML, no mention and no link. */
export function markdownText(text: string): string {
  return (
    escapeInvisible(text)
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replace(/[\\`*_{}[\]()#+!|~>]/g, "\\$&")
      // What GitHub would make a link of by itself.
      .replaceAll("://", "&#58;//")
      .replace(/www\./gi, (found) => `${found.slice(0, 3)}&#46;`)
      // An "@" that could begin a mention is parted from what follows.
      .replace(/(?<![A-Za-z0-9])@/g, "@\u200b")
  );
}

/** A CSV field (RFC 4180). What a spreadsheet would take for a formula, in whatever width its sign is written, is led by an
 * apostrophe, as is what would then look the same: taking one away gives the text again. */
export function csvField(text: string): string {
  const inert = /^'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

export function htmlText(text: string): string {
  return escapeInvisible(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
