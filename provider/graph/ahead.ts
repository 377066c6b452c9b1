/** How many streams are under way at once: little beside what Graph allows one application. */
const defaultWidth = 4;

/**
 * The entries of several streams, one stream after the other, each with what its stream was opened for. The first entries of the next
 * ones are asked for meanwhile: many small groups cost one round trip for a few, not for each. Of a stream that is ahead no more than its
 * first page is in memory. Errors come in the order of the streams.
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
    // Nobody wants the rest; what fails in them is of no interest.
    await Promise.allSettled(started.map(({ stream }) => stream.return?.()));
  }
}

interface Started<T> {
  stream: AsyncIterator<T>;
  first: Promise<IteratorResult<T>>;
}

function begin<T>(entries: AsyncIterable<T>): Started<T> {
  const stream = entries[Symbol.asyncIterator]();
  const first = stream.next();
  // Looked at in its turn.
  first.catch(() => undefined);
  return { stream, first };
}
