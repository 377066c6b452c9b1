/**
 * Matches invisible characters and characters that affect their surroundings: control characters (terminals execute some),
 * format characters (bidirectional marks, zero-width characters, tags), line separators, unpaired surrogates, and letters
 * without a glyph.
 */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u2800\u3164\uffa0]/gu;

/** The pattern's source, for a regular expression in the script of an HTML page. */
export const unseenSource = unseen.source;

/** Returns the text on one line, with invisible characters escaped as `\u{202e}`, so that it is safe in any output. */
export function escapeInvisible(text: string): string {
  return text.replace(unseen, (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ""}}`);
}

/** Escapes invisible characters as {@link escapeInvisible} does, but keeps line breaks. */
export function visibleLines(text: string): string {
  return text.split(/\r?\n/).map(escapeInvisible).join("\n");
}

/** Truncates a text to `most` UTF-16 code units, including "..." if it was cut. Never splits a surrogate pair. */
export function truncate(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = text.slice(0, most - 3);
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}...`;
}

/** Returns indented JSON with invisible characters escaped. Parsing it returns the original value. */
export function escapedJson(value: unknown): string {
  const units = (text: string) =>
    text.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return JSON.stringify(value, null, 2).replace(unseen, (found) => (found === "\n" ? found : units(found).join("")));
}
