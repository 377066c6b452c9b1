/** Where a group, or the whole match, was found: offsets in code units. */
export interface Span {
  start: number;
  end: number;
}

/** A match: the whole first, then each group by its number; undefined for a group that took no part. */
export type Match = (Span | undefined)[] & { 0: Span };

/** A replacement pattern in pieces: text, or what stands for a part of the input. */
export type Piece = string | { group: number } | { part: "before" | "after" | "input" | "last" };

const REFERENCE = /\$(?:\$|&|`|'|_|\+|(\d+)|\{(\w+)\})/g;

/**
 * Cuts a .NET replacement pattern: `$1`, `${name}`, `$$`, `$&`, `` $` ``, `$'`, `$_`, `$+`.
 * A reference to a group that the pattern lacks is plain text, as in .NET.
 * Source: "Substitutions in Regular Expressions" of the .NET documentation.
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

/** The text that replaces one match. */
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
