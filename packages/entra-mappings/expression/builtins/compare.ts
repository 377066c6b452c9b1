import type { Comparison, ComparisonOperator } from "../ast";
import { parseGeneral } from "../datetime/parse";
import { parseNumber, printScalar, type Thunk, type Value } from "../value";

/** One side of a comparison. */
interface Operand {
  thunk: Thunk;
  /** Whether the operand is an attribute, not the result of a function. */
  attribute: boolean;
}

type Ordered = string | number | bigint;

// A number and a bigint with the same value are equal, as everywhere in the language.
const equal = (a: Ordered, b: Ordered): boolean => (typeof a === typeof b ? a === b : !(a < b) && !(a > b));
const TESTS: Readonly<Record<ComparisonOperator, (a: Ordered, b: Ordered) => boolean>> = {
  "=": equal,
  "<>": (a, b) => !equal(a, b),
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

/**
 * Compiles `left operator right`.
 *
 * According to the reference, a condition "fails" when its source attribute is empty or null, for every operator. So `[country]=""`
 * is never true. A function that returns null fails too; a function that returns "" is compared.
 * Two numbers (or a number and a numeric string) compare as numbers, two dates as points in time, other values as strings. The
 * comparison of strings is case-sensitive, as in Switch; the reference does not define it.
 */
export function compileComparison({ operator }: Comparison, left: Operand, right: Operand): Thunk {
  const test = TESTS[operator];
  const equality = operator === "=" || operator === "<>";
  return (lookup) => {
    const a = left.thunk(lookup);
    const b = right.thunk(lookup);
    if (fails(a, left.attribute) || fails(b, right.attribute)) return false;
    const [first, second] = comparable(a, b, equality);
    return test(first, second);
  };
}

function fails(value: Value, attribute: boolean): boolean {
  return value === null || (attribute && (value === "" || (Array.isArray(value) && value.length === 0)));
}

/** Converts both sides to values that JavaScript compares as the language does. */
function comparable(a: Value, b: Value, equality: boolean): [Ordered, Ordered] {
  if (typeof a === "string" && typeof b === "string" && equality) return [a, b];
  const dates = [asDate(a), asDate(b)] as const;
  if (isDate(a) || isDate(b)) {
    if (dates[0] !== undefined && dates[1] !== undefined) return [dates[0], dates[1]];
  }
  const numbers = [asNumber(a), asNumber(b)] as const;
  if (numbers[0] !== undefined && numbers[1] !== undefined) return [numbers[0], numbers[1]];
  return [asText(a), asText(b)];
}

function isDate(value: Value): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns the date in units of 100 ns, because two dates can differ by less than a millisecond. */
function asDate(value: Value): bigint | undefined {
  const date = typeof value === "string" ? parseGeneral(value) : isDate(value) ? value : undefined;
  if (typeof date !== "object" || date === null || Array.isArray(date)) return undefined;
  return BigInt(date.milliseconds) * 10_000n + BigInt(date.ticks);
}

function asNumber(value: Value): number | bigint | undefined {
  if (typeof value === "number" || typeof value === "bigint") return value;
  return typeof value === "string" ? parseNumber(value) : undefined;
}

function asText(value: Value): string {
  if (value === null) return "";
  return Array.isArray(value) ? value.join(";") : printScalar(value);
}
