import { printDateTime, type DateTime } from "./datetime/datetime";

/** What an attribute may hold when it is handed to an evaluator. */
export type InputValue = string | number | boolean | string[] | null | undefined;
/** Finds an attribute's value by its name, without brackets. */
export type AttributeLookup = (name: string) => InputValue;
/** What flows to the target: texts as the service prints them; null where nothing flows. */
export type OutputValue = string | string[] | null;

/** A value inside an evaluation. Whole numbers beyond 2^53 (Active Directory's times) are bigint. */
export type Value = string | number | bigint | boolean | DateTime | string[] | null;

/** Computes a value from the attributes of one user. */
export type Thunk = (lookup: AttributeLookup) => Value;

/** True, False, numbers without exponent for whole ones, dates as `M/d/yyyy h:mm:ss tt`. */
export function printScalar(value: string | number | bigint | boolean | DateTime): string {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "object") return printDateTime(value);
  return String(value);
}

/** The value as the provisioning log shows it. */
export function toOutput(value: Value): OutputValue {
  if (typeof value === "string" || value === null || Array.isArray(value)) return value;
  return printScalar(value);
}

/** Null and "" alike, and a list without elements. */
export function isEmpty(value: Value): boolean {
  return value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

const WHOLE = /^[+-]?\d+$/;
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[Ee][+-]?\d+)?$/;
const HEXADECIMAL = /^&[Hh]([0-9A-Fa-f]+)$/;

/** The number a text stands for (decimal, or `&H` and hexadecimal), or undefined. */
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
