/** Streams that are open at once: far below Graph's limits for one application. */
const defaultWidth = 4;

/**
 * Yields the entries of several streams in order, each with the key that opened its stream. The first page of the next
 * streams is requested in advance, so many small groups cost few round trips. A prefetched stream keeps only its first
 * page in memory. Errors are raised in the order of the streams.
 */
export async function* prefetchInOrder<K, T>(
  keys: readonly K[],
  open: (key: K) => AsyncIterable<T>,
  width = defaultWidth,
): AsyncGenerator<[K, T], void, undefined> {
  const started: Started<T>[] = [];
  try {
    for (const [at, key] of keys.entries()) {
      for (const next of keys.slice(started.length, at + width)) started.push(begin(open(next)));
      const { stream, first } = started[at]!;
      for (let next = await first; next.done !== true; next = await stream.next()) yield [key, next.value];
    }
  } finally {
    // The consumer has stopped or failed, so errors of the remaining streams do not matter.
    await Promise.allSettled(started.map(async ({ stream }) => stream.return?.()));
  }
}

interface Started<T> {
  stream: AsyncIterator<T>;
  first: Promise<IteratorResult<T>>;
}

function begin<T>(entries: AsyncIterable<T>): Started<T> {
  const stream = entries[Symbol.asyncIterator]();
  const first = stream.next();
  // The error is raised when the consumer reaches this stream.
  first.catch(() => undefined);
  return { stream, first };
}
