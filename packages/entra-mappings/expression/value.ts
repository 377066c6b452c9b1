import { printDateTime, type DateTime } from "./datetime/datetime";

/** The value of an attribute as input of an evaluator. */
export type InputValue = string | number | boolean | string[] | null | undefined;
/** Returns the value of an attribute by its name without brackets. */
export type AttributeLookup = (name: string) => InputValue;
/** The value that flows to the target: strings in the service's format, or null if nothing flows. */
export type OutputValue = string | string[] | null;

/** A value during evaluation. Whole numbers beyond 2^53, such as Active Directory times, are bigint. */
export type Value = string | number | bigint | boolean | DateTime | string[] | null;

/** Computes a value from the attributes of one user. */
export type Thunk = (lookup: AttributeLookup) => Value;

/** Formats a value as the service does: True, False, whole numbers without exponent, dates as `M/d/yyyy h:mm:ss tt`. */
export function printScalar(value: string | number | bigint | boolean | DateTime): string {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "object") return printDateTime(value);
  return String(value);
}

/** Converts a value to the form that the provisioning log shows. */
export function toOutput(value: Value): OutputValue {
  if (typeof value === "string" || value === null || Array.isArray(value)) return value;
  return printScalar(value);
}

/** Returns whether a value is null, "" or a list without elements. */
export function isEmpty(value: Value): boolean {
  return value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

const WHOLE = /^[+-]?\d+$/;
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[Ee][+-]?\d+)?$/;
const HEXADECIMAL = /^&[Hh]([0-9A-Fa-f]+)$/;

/** Parses a decimal number, or a hexadecimal number after `&H`. Returns undefined for other texts. */
export function parseNumber(text: string): number | bigint | undefined {
  const trimmed = text.trim();
  if (WHOLE.test(trimmed)) {
    const number = Number(trimmed);
    return Number.isSafeInteger(number) ? number : BigInt(trimmed.replace("+", ""));
  }
  if (DECIMAL.test(trimmed)) return Number(trimmed);
  const digits = HEXADECIMAL.exec(trimmed)?.[1];
  if (digits === undefined) return undefined;
  const number = BigInt(`0x${digits}`);
  return number <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(number) : number;
}
