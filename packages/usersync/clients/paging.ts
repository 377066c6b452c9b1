/** One page of a collection, and the key (link, cursor or index) of the next one. */
export interface Page<K, T> {
  entries: readonly T[];
  next: K | undefined;
}

/**
 * Yields the entries of all pages, page by page. Requests the next page when the consumer has read the current one.
 * @param fail returns the error for a collection that does not end
 */
export async function* readPages<K, T>(
  first: K,
  read: (key: K) => Promise<Page<K, T>>,
  fail: (problem: string) => Error,
  maxPages = 10_000,
): AsyncGenerator<readonly T[], void, undefined> {
  const seen = new Set<K>();
  for (let key: K | undefined = first; key !== undefined;) {
    if (seen.has(key)) throw fail("returned a page a second time, so its pages would never end");
    if (seen.size >= maxPages) throw fail(`returned more than ${maxPages} pages`);
    seen.add(key);
    const page: Page<K, T> = await read(key);
    yield page.entries;
    key = page.next;
  }
}
