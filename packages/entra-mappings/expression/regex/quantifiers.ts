import type { Cursor } from "./escapes";

/** Maximum count of a quantifier. */
const MAXIMUM_COUNT = 10_000;

/** The bounds of a repetition; `max` can be Infinity. */
export interface Times {
  min: number;
  max: number;
}

/** Reads *, +, ? or a count at the cursor. Returns undefined if there is none. */
export function readQuantifier(cursor: Cursor): Times | undefined {
  if (cursor.eat("*")) return { min: 0, max: Infinity };
  if (cursor.eat("+")) return { min: 1, max: Infinity };
  if (cursor.eat("?")) return { min: 0, max: 1 };
  const counted = countsAt(cursor, cursor.at);
  if (counted === undefined) return undefined;
  cursor.at = counted.end;
  return { min: counted.min, max: counted.max };
}

/** Returns the count {2}, {2,} or {2,5} at the position, or undefined. Any other text with a brace is literal. */
export function countsAt(cursor: Cursor, at: number): (Times & { end: number }) | undefined {
  const found = /^\{(\d{1,9})(,(\d{1,9})?)?\}/.exec(cursor.text.slice(at, at + 24));
  if (found === null) return undefined;
  const min = Number(found[1]);
  return {
    min,
    max: found[2] === undefined ? min : found[3] === undefined ? Infinity : Number(found[3]),
    end: at + found[0].length,
  };
}

/** Returns the bounds unchanged. Throws RangeError if the minimum exceeds the maximum or if a count is too large. */
export function checked({ min, max }: Times, cursor: Cursor): Times {
  if (min > max) return cursor.fail(`has a quantifier {${min},${max}} whose minimum exceeds its maximum`);
  if (min > MAXIMUM_COUNT || (max !== Infinity && max > MAXIMUM_COUNT)) {
    return cursor.fail(`has a quantifier with a count above ${MAXIMUM_COUNT}`);
  }
  return { min, max };
}
