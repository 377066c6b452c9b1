/**
 * Characters that a reader does not see, or that act on what is around them: controls (a terminal obeys some), those that
 * format or reorder text (bidirectional marks, zero-width characters, tags), separators of lines, halves of characters, and
 * letters that have no shape.
 */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u2800\u3164\uffa0]/gu;

/** The same for a regular expression in a page's script. */
export const unseenSource = unseen.source;

/** A text as it can be shown anywhere, on one line: what would not be seen is written out, as `\u{202e}`. */
export function escapeInvisible(text: string): string {
  return text.replace(unseen, (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ""}}`);
}

/** The same for a message of several lines, which stay. */
export function visibleLines(text: string): string {
  return text.split(/\r?\n/).map(escapeInvisible).join("\n");
}

/** The beginning of a text, cut between characters, with a mark where something is missing. */
export function truncate(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = text.slice(0, most - 3);
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}...`;
}

/** Indented JSON in which all is seen: characters that are not are escaped, so that whoever parses it gets them back. */
export function escapedJson(value: unknown): string {
  const units = (text: string) =>
    text.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return JSON.stringify(value, null, 2).replace(unseen, (found) => (found === "\n" ? found : units(found).join("")));
}
