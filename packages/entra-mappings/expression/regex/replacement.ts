/** The position of a group or of the whole match, as offsets in code units. */
export interface Span {
  start: number;
  end: number;
}

/** A match: the whole match at index 0, then each group by number; undefined for a group without a capture. */
export type Match = (Span | undefined)[] & { 0: Span };

/** A piece of a replacement pattern: literal text, or a reference to a part of the input. */
export type Piece = string | { group: number } | { part: "before" | "after" | "input" | "last" };

const REFERENCE = /\$(?:\$|&|`|'|_|\+|(\d+)|\{(\w+)\})/g;

/**
 * Splits a .NET replacement pattern into pieces: `$1`, `${name}`, `$$`, `$&`, `` $` ``, `$'`, `$_`, `$+`.
 * As in .NET, a reference to a group that does not exist is literal text.
 * Source: "Substitutions in Regular Expressions" in the .NET documentation.
 */
export function parseReplacement(text: string, groupNumber: (name: string) => number | undefined): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const found of text.matchAll(REFERENCE)) {
    const piece = read(found, groupNumber);
    if (piece === undefined) continue;
    if (found.index > from) pieces.push(text.slice(from, found.index));
    pieces.push(piece);
    from = found.index + found[0].length;
  }
  if (from < text.length) pieces.push(text.slice(from));
  return pieces;
}

function read(
  [whole, digits, name]: RegExpExecArray | RegExpMatchArray,
  groupNumber: (name: string) => number | undefined,
): Piece | undefined {
  const wanted = digits ?? name;
  if (wanted !== undefined) {
    const group = groupNumber(wanted);
    return group === undefined ? undefined : { group };
  }
  switch (whole) {
    case "$$":
      return "$";
    case "$&":
      return { group: 0 };
    case "$`":
      return { part: "before" };
    case "$'":
      return { part: "after" };
    case "$_":
      return { part: "input" };
    default:
      return { part: "last" };
  }
}

/** Returns the text that replaces one match. */
export function expand(pieces: readonly Piece[], input: string, match: Match): string {
  let text = "";
  for (const piece of pieces) {
    if (typeof piece === "string") text += piece;
    else if ("group" in piece) {
      const span = match[piece.group];
      if (span !== undefined) text += input.slice(span.start, span.end);
    } else text += part(piece.part, input, match);
  }
  return text;
}

function part(which: "before" | "after" | "input" | "last", input: string, match: Match): string {
  switch (which) {
    case "before":
      return input.slice(0, match[0].start);
    case "after":
      return input.slice(match[0].end);
    case "input":
      return input;
    case "last": {
      const span = match.at(-1);
      return span === undefined ? "" : input.slice(span.start, span.end);
    }
  }
}
