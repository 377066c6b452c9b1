import { truncate } from "./escapeInvisible";

/** Returns the first entries of a list for a message, shortened, and an entry that counts the others. */
export function boundedList(entries: readonly string[], { most = 20, maxLength = 300 } = {}): string[] {
  const first = entries.slice(0, most).map((entry) => truncate(entry, maxLength));
  const more = entries.length - first.length;
  return more === 0 ? first : [...first, `and ${more} more (${entries.length} in total)`];
}

/** Limits of a list of problems, each on lines of its own. A problem can include a table of users. */
export const problemLimits = { most: 100, maxLength: 100_000 };
