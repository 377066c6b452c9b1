import type { Cursor } from "./escapes";

/** The most a counted quantifier may ask for. */
const MAXIMUM_COUNT = 10_000;

/** How often something repeats; `max` may be Infinity. */
export interface Times {
  min: number;
  max: number;
}

/** Reads *, +, ? or a count where the cursor is; undefined when there is none. */
export function readQuantifier(cursor: Cursor): Times | undefined {
  if (cursor.eat("*")) return { min: 0, max: Infinity };
  if (cursor.eat("+")) return { min: 1, max: Infinity };
  if (cursor.eat("?")) return { min: 0, max: 1 };
  const counted = countsAt(cursor, cursor.at);
  if (counted === undefined) return undefined;
  cursor.at = counted.end;
  return { min: counted.min, max: counted.max };
}

/** {2}, {2,} or {2,5} at that place; anything else with a brace is text. */
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

/** The same, unless it is the wrong way round or too often. */
export function checked({ min, max }: Times, cursor: Cursor): Times {
  if (min > max) return cursor.fail(`has a quantifier {${min},${max}} whose numbers are the wrong way round`);
  if (min > MAXIMUM_COUNT || (max !== Infinity && max > MAXIMUM_COUNT)) {
    return cursor.fail(`repeats more than ${MAXIMUM_COUNT} times by a count`);
  }
  return { min, max };
}
