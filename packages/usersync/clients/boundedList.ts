import { truncate } from "entra-mappings";

/** Maximum number of entries of a list in a message. */
const shown = 20;
const maxLength = 300;

/** Returns the first entries of a list for a message, shortened, and an entry that counts the others. */
export function boundedList(entries: readonly string[]): string[] {
  const first = entries.slice(0, shown).map((entry) => truncate(entry, maxLength));
  const more = entries.length - first.length;
  return more === 0 ? first : [...first, `and ${more} more (${entries.length} in total)`];
}
