import { escapeIdentifier, escapeLiteral } from "pg";

/** A name exactly as it is, whatever is in it. */
export const identifier = (name: string): string => escapeIdentifier(name);

/** A text value, for the statements that take no parameters. */
export const literal = (value: string): string => escapeLiteral(value);

export const identifiers = (names: readonly string[]): string => names.map(identifier).join(", ");

/** A text that PostgreSQL cannot hold, in words. */
export const isStorable = (value: string): string | undefined =>
  value.includes("\0") ? "must not contain a NUL character." : undefined;

/** A name that PostgreSQL would refuse, or cut without saying so. */
export function isName(value: string): string | undefined {
  if (value === "") return "must not be empty.";
  const length = Buffer.byteLength(value);
  if (length > 63) return `is ${length} bytes long, and PostgreSQL keeps 63 bytes of a name.`;
  return isStorable(value);
}
