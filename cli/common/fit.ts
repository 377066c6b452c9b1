/** Rows of tables, from all to few: the first number with which a text is short enough is taken. */
const rowLimits = [Infinity, 500, 200, 100, 50, 25, 10] as const;

/** A text that is as complete as its longest length allows: with fewer rows in its tables, and in the end cut off. */
export function truncateMarkdown(render: (rows: number) => string, longest: number): string {
  let text = "";
  for (const rows of rowLimits) {
    text = render(rows);
    if (text.length <= longest) return text;
  }
  return cut(text, longest);
}

const note = "\n\n*The rest is left out: it would be too long.*\n";
const closing = "\n\n</details>";

/** Cuts Markdown between two lines, closes what is folded away, and says that something is missing. */
export function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  // Room for the note and for each fold that may be open.
  const folds = text.match(/<details>/g)?.length ?? 0;
  const room = Math.max(0, longest - note.length - folds * closing.length);
  const end = text.lastIndexOf("\n", room);
  const kept = text.slice(0, end < 0 ? 0 : end);
  const open = (kept.match(/<details>/g)?.length ?? 0) - (kept.match(/<\/details>/g)?.length ?? 0);
  return kept + closing.repeat(Math.max(0, open)) + note;
}
