import { escapeIdentifier, escapeLiteral } from "pg";

/** Quotes a name for a statement. */
export const identifier = (name: string): string => escapeIdentifier(name);

/** Quotes a string for a statement that supports no parameters. */
export const literal = (value: string): string => escapeLiteral(value);

export const identifiers = (names: readonly string[]): string => names.map(identifier).join(", ");

/** Reports a string that PostgreSQL cannot store. */
export const isStorable = (value: string): string | undefined =>
  value.includes("\0") ? "must not contain a NUL character." : undefined;

/** Reports a name that PostgreSQL rejects or truncates. */
export function isName(value: string): string | undefined {
  if (value === "") return "must not be empty.";
  const length = Buffer.byteLength(value);
  if (length > 63) return `is ${length} bytes long; PostgreSQL allows at most 63 bytes.`;
  return isStorable(value);
}
