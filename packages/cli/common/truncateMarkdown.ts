/** Row limits of tables, in the order in which they are tried. The first one that makes the text short enough is used. */
const rowLimits = [Infinity, 500, 200, 100, 50, 25, 10] as const;

/** Renders Markdown within a maximum length, in characters. Drops table rows first, then truncates the text. */
export function truncateMarkdown(render: (rows: number) => string, maxLength: number): string {
  let text = "";
  for (const rows of rowLimits) {
    text = render(rows);
    if (text.length <= maxLength) return text;
  }
  return cut(text, maxLength);
}

const note = "\n\n*The rest is omitted because the text is too long.*\n";
const closing = "\n\n</details>";

/** Truncates Markdown between two lines, closes open `<details>` elements, and appends a note. */
export function cut(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  // Reserve space for the note and for closing every element that may be open.
  const folds = text.match(/<details>/g)?.length ?? 0;
  const room = Math.max(0, maxLength - note.length - folds * closing.length);
  const end = text.lastIndexOf("\n", room);
  const kept = text.slice(0, end < 0 ? 0 : end);
  const open = (kept.match(/<details>/g)?.length ?? 0) - (kept.match(/<\/details>/g)?.length ?? 0);
  return kept + closing.repeat(Math.max(0, open)) + note;
}
