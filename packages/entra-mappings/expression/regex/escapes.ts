import { digit, property, range, space, word, type ClassBody } from "./charset";
import type { Cursor } from "./cursor";

/** Returns the set of a class escape such as `\d`, `\W` or `\p{Lu}`, or undefined if the letter is not a class escape. */
export function classEscape(character: string, cursor: Cursor): ClassBody | undefined {
  const negated = character !== character.toLowerCase();
  switch (character.toLowerCase()) {
    case "d":
      return digit(negated);
    case "w":
      return word(negated);
    case "s":
      return space(negated);
    case "p": {
      const [, name] = cursor.take(/\{([\w-]+)\}/y) ?? cursor.fail(`has a \\${character} without {name}`);
      return property(name ?? "", negated) ?? cursor.fail(`uses \\${character}{${name}}, which cannot be previewed`);
    }
    default:
      return undefined;
  }
}

const CONTROLS: ReadonlyMap<string, number> = new Map([
  ["a", 7],
  ["t", 9],
  ["n", 10],
  ["v", 11],
  ["f", 12],
  ["r", 13],
  ["e", 27],
]);

/** Reads an escape for one code unit. The backslash is already read. */
export function readUnitEscape(cursor: Cursor): number {
  const octal = cursor.take(/[0-7]{1,3}/y);
  if (octal !== null) return parseInt(octal[0], 8) & 0xff;
  const character = cursor.next();
  const control = CONTROLS.get(character);
  if (control !== undefined) return control;
  if (character === "x" || character === "u") {
    const digits =
      cursor.take(character === "x" ? /[0-9A-Fa-f]{2}/y : /[0-9A-Fa-f]{4}/y) ??
      cursor.fail(`has an escape \\${character} without its digits`);
    return parseInt(digits[0], 16);
  }
  if (character === "c") {
    const letter = cursor.next().toUpperCase();
    if (letter < "@" || letter > "_" || letter === "")
      return cursor.fail("has an escape \\c without a control character");
    return letter.charCodeAt(0) - 64;
  }
  // .NET rejects a backslash before a letter or digit without a meaning. Before any other character, the backslash has no effect.
  if (/[\p{L}\p{Mn}\p{Nd}\p{Pc}]/u.test(character))
    return cursor.fail(`has an escape \\${character}, which .NET does not support`);
  return character.charCodeAt(0);
}

/**
 * Reads a [class] with ranges, negation and .NET's subtraction [a-z-[aeiou]], which becomes the lookahead (?![aeiou])[a-z]. The opening
 * bracket is already read.
 * @returns the JavaScript source
 */
export function readClass(cursor: Cursor, ignoreCase: boolean, depth = 0): string {
  if (depth > 20) cursor.fail("has class subtractions nested more than 20 levels deep");
  const opening = cursor.eat("^") ? "[^" : "[";
  let body: ClassBody = "";
  for (let first = true; ; first = false) {
    if (cursor.done) cursor.fail("has a [ without a closing ]");
    // A ] in the first position is a literal character.
    if (!first && cursor.eat("]")) return `${opening}${body}]`;
    if (!first && cursor.eat("-[")) {
      const removed = readClass(cursor, ignoreCase, depth + 1);
      if (!cursor.eat("]")) cursor.fail("has a subtraction that is not the last part of its class");
      return `(?:(?!${removed})${opening}${body}])`;
    }
    body += member(cursor, ignoreCase);
  }
}

/** Reads a character, a range or a class escape. */
function member(cursor: Cursor, ignoreCase: boolean): ClassBody {
  const start = unitOrClass(cursor);
  if (typeof start !== "number") return start;
  const after = cursor.peek(1);
  if (cursor.peek() !== "-" || after === "]" || after === "[" || after === "") return range(start, start, ignoreCase);
  cursor.at += 1;
  const end = unitOrClass(cursor);
  if (typeof end !== "number") return cursor.fail("has a range that ends in a class such as \\d");
  if (end < start) cursor.fail("has a range whose end is less than its start");
  return range(start, end, ignoreCase);
}

function unitOrClass(cursor: Cursor): number | ClassBody {
  const character = cursor.next();
  if (character !== "\\") return character.charCodeAt(0);
  if (cursor.done) cursor.fail("ends with a backslash");
  if (cursor.eat("b")) return 8;
  const escaped = cursor.next();
  const set = classEscape(escaped, cursor);
  if (set !== undefined) return set;
  cursor.at -= 1;
  return readUnitEscape(cursor);
}
