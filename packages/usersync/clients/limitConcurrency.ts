/**
 * Returns a function that runs at most `width` tasks at once. Other tasks wait and start in the order of their calls.
 */
export function limitConcurrency(width: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running < width) running++;
    else await new Promise<void>((begin) => waiting.push(begin));
    try {
      return await work();
    } finally {
      // Pass the slot to the next waiting task, so that a new call cannot overtake it.
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
