import { ExpressionError } from "./error";

/** The most characters Microsoft Entra accepts in one mapping expression. */
export const MAXIMUM_LENGTH = 10_000;

export type TokenKind = "name" | "attribute" | "string" | "number" | "operator" | "(" | ")" | "," | "end";

export interface Token {
  kind: TokenKind;
  /** What it says: a name, an attribute's name, a string unescaped, a number as written, an operator. */
  text: string;
  position: number;
}

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /-?(?:\d+(?:\.\d+)?|\.\d+)(?![A-Za-z0-9_.])/y;
const HEXADECIMAL = /&[Hh][0-9A-Fa-f]+(?![A-Za-z0-9_])/y;
const OPERATOR = /<>|<=|>=|=|<|>/y;
const SPACE = /[\s\u00a0\ufeff]+/y;

/** What a character that starts no token was probably meant to be. */
function hint(character: string): string {
  if ("\u201c\u201d\u201e\u00ab\u00bb'\u2018\u2019".includes(character))
    return '; texts are enclosed in straight double quotes, "like this"';
  if (character === "]") return "; an attribute is written [name]";
  if (character === "&" || character === "+") return "; texts are put together with Append or Join";
  if (character === ";") return "; arguments are separated by commas";
  return '; expected a function, an [attribute], a "text" or a number';
}

/** Cuts an expression into tokens. Throws ExpressionError for a text that is too long or a character that begins none. */
export function tokenize(text: string): Token[] {
  if (text.length > MAXIMUM_LENGTH) {
    throw new ExpressionError(
      `The expression has ${text.length} characters; at most ${MAXIMUM_LENGTH.toLocaleString("en-US")} are allowed.`,
      { position: MAXIMUM_LENGTH, text },
    );
  }
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  while (at < text.length) {
    const character = text.charAt(at);
    const space = take(SPACE);
    if (space !== undefined) {
      at += space.length;
      continue;
    }
    const position = at;
    if (character === '"') {
      const { value, end } = readString(text, at);
      tokens.push({ kind: "string", text: value, position });
      at = end;
      continue;
    }
    if (character === "[") {
      const end = text.indexOf("]", at);
      if (end < 0)
        throw new ExpressionError("The attribute that starts here is not closed; expected a ].", { position, text });
      const name = text.slice(at + 1, end).trim();
      if (name === "")
        throw new ExpressionError("The brackets hold no attribute; expected [name].", { position, text });
      tokens.push({ kind: "attribute", text: name, position });
      at = end + 1;
      continue;
    }
    if (character === "(" || character === ")" || character === ",") {
      tokens.push({ kind: character, text: character, position });
      at += 1;
      continue;
    }
    const found =
      match(take(NUMBER) ?? take(HEXADECIMAL), "number") ??
      match(take(OPERATOR), "operator") ??
      match(take(NAME), "name");
    if (found === undefined) {
      throw new ExpressionError(`The character ${JSON.stringify(character)} has no meaning here${hint(character)}.`, {
        position,
        text,
      });
    }
    tokens.push({ ...found, position });
    at += found.text.length;
  }
  tokens.push({ kind: "end", text: "", position: text.length });
  return tokens;
}

function match(text: string | undefined, kind: TokenKind): { kind: TokenKind; text: string } | undefined {
  return text === undefined ? undefined : { kind, text };
}

/**
 * `\"` and `\\` are escapes. A backslash before anything else stays: the documentation and the quickstart print regular expressions
 * both as `"\\d"` and as `"\d"`, and mean the same.
 */
function readString(text: string, start: number): { value: string; end: number } {
  let value = "";
  let from = start + 1;
  for (let at = from; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '"') return { value: value + text.slice(from, at), end: at + 1 };
    if (character !== "\\") continue;
    const next = text.charAt(at + 1);
    if (next === "\\" || next === '"') {
      value += text.slice(from, at) + next;
      from = at + 2;
      at += 1;
    }
  }
  throw new ExpressionError(
    'The text that starts here is not closed; expected a " (inside a text it is written \\").',
    {
      position: start,
      text,
    },
  );
}
