import { ExpressionError } from "./error";
import { characterProblem, foreignNotation, invisibleProblem } from "./mistakes";

/** Maximum number of characters that Microsoft Entra accepts in one mapping expression. */
export const MAXIMUM_LENGTH = 10_000;

export type TokenKind = "name" | "attribute" | "string" | "number" | "operator" | "(" | ")" | "," | "end";

export interface Token {
  kind: TokenKind;
  /** The content: a name, an attribute's name, an unescaped string, a number as written, or an operator. */
  text: string;
  position: number;
}

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /-?(?:\d+(?:\.\d+)?|\.\d+)(?![A-Za-z0-9_.])/y;
const HEXADECIMAL = /&[Hh][0-9A-Fa-f]+(?![A-Za-z0-9_])/y;
const OPERATOR = /<>|<=|>=|=|<|>/y;
const SPACE = /[\s\u00a0\ufeff]+/y;

/** Splits an expression into tokens. @throws ExpressionError if the text is too long or contains an invalid character */
export function tokenize(text: string): Token[] {
  if (text.length > MAXIMUM_LENGTH) {
    throw new ExpressionError(
      `The expression has ${text.length} characters; at most ${MAXIMUM_LENGTH.toLocaleString("en-US")} are allowed.`,
      { position: MAXIMUM_LENGTH, text },
    );
  }
  const tokens: Token[] = [];
  let at = 0;
  const fail = (message: string, position: number): never => {
    throw new ExpressionError(message, { position, text });
  };
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
      if (end < 0) fail("The attribute that starts here has no closing ].", position);
      const name = text.slice(at + 1, end).trim();
      if (name === "") fail("The brackets contain no attribute name; expected [name].", position);
      const invisible = invisibleProblem(name);
      if (invisible !== undefined) fail(invisible.message, text.indexOf(name, at) + invisible.index);
      tokens.push({ kind: "attribute", text: name, position });
      at = end + 1;
      continue;
    }
    if (character === "(" || character === ")" || character === ",") {
      tokens.push({ kind: character, text: character, position });
      at += 1;
      continue;
    }
    const foreign = foreignNotation(text, at);
    if (foreign !== undefined) fail(foreign, position);
    const found =
      match(take(NUMBER) ?? take(HEXADECIMAL), "number") ??
      match(take(OPERATOR), "operator") ??
      match(take(NAME), "name") ??
      fail(characterProblem(text, at), position);
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
 * Reads a string literal. `\"` and `\\` are escapes; a backslash before any other character stays. The documentation and the
 * quickstart write regular expressions both as `"\\d"` and as `"\d"` with the same meaning.
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
  throw new ExpressionError('The string that starts here has no closing " (write a " inside a string as \\").', {
    position: start,
    text,
  });
}
