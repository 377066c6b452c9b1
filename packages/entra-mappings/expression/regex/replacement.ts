/** A piece of a replacement pattern: literal text, or a reference to a part of the input. */
export type Piece = string | { group: number } | { part: "before" | "after" | "input" };

const REFERENCE = /\$(?:([$&`'_+])|(\d+)|\{(\w+)\})/g;

/**
 * Splits a .NET replacement pattern into pieces: `$1`, `${name}`, `$$`, `$&`, `` $` ``, `$'`, `$_`, `$+`.
 * As in .NET, a reference to a group that does not exist is literal text.
 * Source: "Substitutions in Regular Expressions" in the .NET documentation.
 * @param lastGroup the highest group number, for `$+`
 */
export function parseReplacement(
  text: string,
  groupNumber: (name: string) => number | undefined,
  lastGroup: number,
): Piece[] {
  const signs: Readonly<Record<string, Piece>> = {
    $: "$",
    "&": { group: 0 },
    "`": { part: "before" },
    "'": { part: "after" },
    _: { part: "input" },
    "+": { group: lastGroup },
  };
  const pieces: Piece[] = [];
  let from = 0;
  for (const { 0: whole, 1: sign, 2: digits, 3: name, index } of text.matchAll(REFERENCE)) {
    const group = groupNumber(digits ?? name ?? "");
    const piece = sign === undefined ? (group === undefined ? undefined : { group }) : signs[sign];
    if (piece === undefined) continue;
    if (index > from) pieces.push(text.slice(from, index));
    pieces.push(piece);
    from = index + whole.length;
  }
  if (from < text.length) pieces.push(text.slice(from));
  return pieces;
}
