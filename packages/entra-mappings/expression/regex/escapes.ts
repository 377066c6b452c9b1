import {
  digit,
  ignoreCase,
  NOTHING,
  negate,
  property,
  range,
  space,
  subtract,
  union,
  word,
  type CharSet,
} from "./charset";

/** A read position in a pattern. */
export class Cursor {
  at = 0;
  constructor(readonly text: string) {}

  get done(): boolean {
    return this.at >= this.text.length;
  }

  peek(): string {
    return this.text.charAt(this.at);
  }

  /** Returns the current character and moves past it; "" at the end. */
  next(): string {
    const character = this.text.charAt(this.at);
    if (character !== "") this.at += 1;
    return character;
  }

  startsWith(text: string): boolean {
    return this.text.startsWith(text, this.at);
  }

  eat(text: string): boolean {
    if (!this.startsWith(text)) return false;
    this.at += text.length;
    return true;
  }

  /** Throws a RangeError for the pattern. The message is the end of a sentence that begins with "it". */
  fail(message: string): never {
    throw new RangeError(`it ${message} (at character ${Math.min(this.at, this.text.length) + 1} of the pattern)`);
  }
}

/** Returns the set of a class escape such as `\d`, `\W` or `\p{Lu}`, or undefined if the letter is not a class escape. */
export function classEscape(character: string, cursor: Cursor): CharSet | undefined {
  switch (character) {
    case "d":
      return digit();
    case "D":
      return negate(digit());
    case "w":
      return word();
    case "W":
      return negate(word());
    case "s":
      return space();
    case "S":
      return negate(space());
    case "p":
    case "P": {
      const name = /^\{([\w-]+)\}/.exec(cursor.text.slice(cursor.at, cursor.at + 60));
      if (name === null) return cursor.fail(`has a \\${character} without {name}`);
      cursor.at += name[0].length;
      const set = property(name[1] as string);
      if (set === undefined) return cursor.fail(`uses \\${character}{${name[1]}}, which cannot be previewed`);
      return character === "p" ? set : negate(set);
    }
    default:
      return undefined;
  }
}

const CONTROLS: Record<string, number> = { a: 7, t: 9, n: 10, v: 11, f: 12, r: 13, e: 27 };

/** Reads an escape for one code unit. The backslash is already read. */
export function readUnitEscape(cursor: Cursor): number {
  const character = cursor.next();
  const control = CONTROLS[character];
  if (control !== undefined) return control;
  const coded = (pattern: RegExp, base: number): number => {
    const found = pattern.exec(cursor.text.slice(cursor.at, cursor.at + 4))?.[0];
    if (found === undefined) return cursor.fail(`has an escape \\${character} without its digits`);
    cursor.at += found.length;
    return parseInt(found, base);
  };
  if (character === "x") return coded(/^[0-9A-Fa-f]{2}/, 16);
  if (character === "u") return coded(/^[0-9A-Fa-f]{4}/, 16);
  if (character === "c") {
    const letter = cursor.next().toUpperCase();
    if (letter < "@" || letter > "_" || letter === "")
      return cursor.fail("has an escape \\c without a control character");
    return letter.charCodeAt(0) - 64;
  }
  if (character >= "0" && character <= "7") {
    cursor.at -= 1;
    return coded(/^[0-7]{1,3}/, 8) & 0xff;
  }
  // .NET rejects a backslash before a letter or digit without a meaning. Before any other character, the backslash has no effect.
  if (/[\p{L}\p{Mn}\p{Nd}\p{Pc}]/u.test(character))
    return cursor.fail(`has an escape \\${character}, which .NET does not support`);
  return character.charCodeAt(0);
}

/** Reads a [class] with ranges, negation and .NET's subtraction [a-z-[aeiou]]. The opening bracket is already read. */
export function readClass(cursor: Cursor, caseless: boolean, depth = 0): CharSet {
  if (depth > 20) cursor.fail("has class subtractions nested more than 20 levels deep");
  const negated = cursor.eat("^");
  let removed: CharSet = NOTHING;
  const sets: CharSet[] = [];
  for (let first = true; ; first = false) {
    if (cursor.done) cursor.fail("has a [ without a closing ]");
    // A ] in the first position is a literal character.
    if (!first && cursor.eat("]")) break;
    if (!first && cursor.startsWith("-[")) {
      cursor.at += 2;
      removed = readClass(cursor, caseless, depth + 1);
      if (!cursor.eat("]")) cursor.fail("has a subtraction that is not the last part of its class");
      break;
    }
    const start = member(cursor);
    if (typeof start !== "number") {
      sets.push(start);
      continue;
    }
    const rest = cursor.text;
    if (
      cursor.peek() !== "-" ||
      rest.charAt(cursor.at + 1) === "]" ||
      rest.charAt(cursor.at + 1) === "[" ||
      cursor.at + 1 >= rest.length
    ) {
      sets.push(cased(range(start, start), caseless));
      continue;
    }
    cursor.at += 1;
    const end = member(cursor);
    if (typeof end !== "number") cursor.fail("has a range that ends in a class such as \\d");
    if (end < start) cursor.fail("has a range whose end is less than its start");
    sets.push(cased(range(start, end), caseless));
  }
  const set = negated ? negate(union(...sets)) : union(...sets);
  return removed.length === 0 ? set : subtract(set, removed);
}

function cased(set: CharSet, caseless: boolean): CharSet {
  return caseless ? ignoreCase(set) : set;
}

function member(cursor: Cursor): number | CharSet {
  const character = cursor.next();
  if (character !== "\\") return character.charCodeAt(0);
  const escaped = cursor.next();
  if (escaped === "") cursor.fail("ends with a backslash");
  if (escaped === "b") return 8;
  const set = classEscape(escaped, cursor);
  if (set !== undefined) return set;
  cursor.at -= 1;
  return readUnitEscape(cursor);
}
