import { truncate, escapeInvisible } from "../../escapeInvisible";

/** Output encoding. Names are untrusted input, so every value is escaped for the format it is written to. */

const integers = new Intl.NumberFormat("en-US");

/** Formats a number: `1234567` becomes `1,234,567`. */
export function count(value: number): string {
  return integers.format(value);
}

/** Formats a number with its noun: `1 user`, `2 users`. */
export function counted(value: number, one: string, many: string): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** Returns the end of a list of which some items are left out: ` and 3 more`. */
export function more(left: number): string {
  return left > 0 ? ` and ${count(left)} more` : "";
}

/** Maximum length of a displayed value in characters. Names in Entra ID have at most 256 characters. */
const maxLength = 300;

/** Returns a value as the text of one table cell: on one line and at most 300 characters long. */
export function cell(text: string): string {
  return truncate(escapeInvisible(text), maxLength);
}

/** Returns a Markdown code span for a table cell. The text creates no mentions, links or references. */
export function codeSpan(text: string): string {
  const shown = cell(text).replaceAll("|", "\\|");
  if (shown === "") return "";
  const run = Math.max(0, ...(shown.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = "`".repeat(run + 1);
  const pad = /^[` ]|[` ]$/.test(shown) ? " " : "";
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** Escapes plain text for a Markdown table: no markup, HTML, mentions or links. */
export function markdownText(text: string): string {
  return (
    escapeInvisible(text)
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replace(/[\\`*_{}[\]()#+!|~>]/g, "\\$&")
      // GitHub would convert these to links.
      .replaceAll("://", "&#58;//")
      .replace(/www\./gi, (found) => `${found.slice(0, 3)}&#46;`)
      // Separate an "@" that could start a mention from the next character.
      .replace(/(?<![A-Za-z0-9])@/g, "@\u200b")
  );
}

/**
 * Returns a CSV field (RFC 4180). A text that a spreadsheet would interpret as a formula, including full-width signs, gets a
 * leading apostrophe. So does a text that already has one before such a sign: removing one apostrophe restores the text.
 */
export function csvField(text: string): string {
  const inert = /^'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

/** Escapes a text for HTML elements and attributes, on one line. */
export function htmlText(text: string): string {
  return escapeInvisible(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
