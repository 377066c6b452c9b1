import type { Cursor } from "./cursor";
import type { Times } from "./fragment";

/** Maximum count of a quantifier. */
const MAXIMUM_COUNT = 10_000;

/** Reads *, +, ? or a count at the cursor. Returns undefined if there is none. @throws RangeError for invalid counts */
export function readTimes(cursor: Cursor): Times | undefined {
  const found = timesAt(cursor);
  if (found === undefined) return undefined;
  const { min, max, end } = found;
  cursor.at = end;
  if (min > max) return cursor.fail(`has a quantifier {${min},${max}} whose minimum exceeds its maximum`);
  if (min > MAXIMUM_COUNT || (max !== Infinity && max > MAXIMUM_COUNT))
    return cursor.fail(`has a quantifier with a count above ${MAXIMUM_COUNT}`);
  return { min, max };
}

/** Returns the quantifier at the cursor, or undefined. A brace that starts no {2}, {2,} or {2,5} is literal. */
export function timesAt({ text, at }: Cursor): (Times & { end: number }) | undefined {
  const pattern = /[*+?]|\{(\d{1,9})(,(\d{1,9})?)?\}/y;
  pattern.lastIndex = at;
  const found = pattern.exec(text);
  if (found === null) return undefined;
  const [sign, first, comma, last] = found;
  const end = at + sign.length;
  if (first === undefined) return { min: sign === "+" ? 1 : 0, max: sign === "?" ? 1 : Infinity, end };
  const min = Number(first);
  return { min, max: comma === undefined ? min : last === undefined ? Infinity : Number(last), end };
}
