import { LosslessNumber, parse, stringify } from "lossless-json";
import * as z from "zod/mini";
import { formatPath } from "../host/paths";

/** Form of an answer: a zod schema without transformations. */
export type Shape<T> = z.core.$ZodType<T>;

/** Our own documents have fewer than 100 levels. Recursive functions overflow the stack at some thousands. */
const maxLevels = 500;

/**
 * Parses JSON.
 * @param preserveNumbers preserve the spelling of numbers that JavaScript would change, such as `1.0` or 20 digits
 * @throws Error that explains the problem
 */
export function parseJson(text: string, preserveNumbers = false): unknown {
  let value: unknown;
  try {
    value = preserveNumbers ? parse(text, undefined, parseNumber) : JSON.parse(text);
  } catch (error) {
    const why = error instanceof SyntaxError && /^Duplicate key/.test(error.message) ? error.message : undefined;
    throw new Error(why ?? "the response is not complete JSON", { cause: error });
  }
  for (let level = [value], depth = 0; level.length > 0; depth++) {
    if (depth > maxLevels) throw new Error(`the response has more than ${maxLevels} levels`);
    level = level.flatMap((one) => (typeof one === "object" && one !== null ? Object.values(one) : []));
  }
  return value;
}

function parseNumber(number: string): unknown {
  return String(Number(number)) === number ? Number(number) : new LosslessNumber(number);
}

export function printJson(value: unknown): string {
  return stringify(value) ?? "null";
}

/**
 * Returns the value if it has the shape, with all its other properties.
 * @throws Error that names the first property that differs
 */
export function checkShape<T>(shape: Shape<T>, value: unknown): T {
  const { success, error } = z.safeParse(shape, value);
  if (success) return value as T;
  const [issue] = error.issues;
  const at = issue === undefined || issue.path.length === 0 ? "it" : formatPath(issue.path.map(String));
  const expected = issue?.code === "invalid_type" ? issue.expected : undefined;
  throw new Error(
    value === undefined ? "it is empty" : `${at} is missing or not valid${expected ? ` (${expected} expected)` : ""}`,
  );
}

/** Formats text of a service on one line, with a limited length, without a full stop. */
export function shorten(text: string, maxLength = 4000): string {
  const part = text
    .slice(0, 2 * maxLength)
    .replace(/\s+/g, " ")
    .trim();
  const line = part.slice(0, maxLength);
  // A part of a token would not be redacted, so drop an incomplete word.
  const isCut = part.length > maxLength || text.length > 2 * maxLength;
  return isCut ? `${line.replace(/\S*$/, "")}...` : line.replace(/\.$/, "");
}
