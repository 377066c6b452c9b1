import { unseenSource } from "../escapeInvisible";

/** The message about operators that join conditions. */
export const joinProblem =
  "The operators And and Or do not exist; for And, nest IIF in the second argument, for Or in the third.";

const unseen = new RegExp(unseenSource, "u");

/** Returns the message about an invisible character in a part of an expression; undefined if there is none. */
export function invisibleProblem(text: string): { message: string; index: number } | undefined {
  const found = unseen.exec(text);
  if (found === null) return undefined;
  const code = found[0].codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0") ?? "";
  return { message: `The character U+${code} is invisible and not allowed here; delete it.`, index: found.index };
}

/** Notations of other languages: a pattern, and the message about the text that it matches. */
const notations: readonly (readonly [pattern: RegExp, message: (found: string) => string])[] = [
  [
    /&(?:quot|apos|amp|lt|gt|nbsp|#\d+|#x[\da-f]+);/iy,
    (found) => `${found} is the code of a character in HTML and XML; write the character itself${characterOf(found)}.`,
  ],
  [/===?/y, (found) => `The operator ${found} does not exist; write = to compare.`],
  [/!==?/y, (found) => `The operator ${found} does not exist; write <> to compare.`],
  [/&&|\|\|/y, () => joinProblem],
];

function characterOf(code: string): string {
  const characters: Readonly<Record<string, string>> = { quot: '"', apos: "'", amp: "&", lt: "<", gt: ">" };
  const character = characters[code.slice(1, -1).toLowerCase()];
  return character === undefined ? "" : `, ${character}`;
}

/** Returns the message about a notation of another language that starts at a position; undefined if there is none. */
export function foreignNotation(text: string, at: number): string | undefined {
  for (const [pattern, message] of notations) {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) return message(found);
  }
  return undefined;
}

/** Returns the message about a character that starts no token. */
export function characterProblem(text: string, at: number): string {
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  const invisible = invisibleProblem(character);
  return invisible?.message ?? `The character ${JSON.stringify(character)} is not allowed here${hint(character)}.`;
}

function hint(character: string): string {
  if ("\u201c\u201d\u201e\u201f\u00ab\u00bb'`\u2018\u2019\u201a\u2039\u203a\u2033".includes(character))
    return '; enclose strings in straight double quotes, "like this"';
  if (character === "]") return "; write an attribute as [name]";
  if (character === "&" || character === "+") return "; concatenate strings with Append or Join";
  if (character === ";") return "; separate arguments with commas";
  return '; expected a function, an [attribute], a "string" or a number';
}
