/**
 * The worst-case work of a backtracking engine on an input of length n: size * ways * n ** (degree + 1) steps. This is an upper bound;
 * it is Infinity if the work can be exponential.
 */
export interface Work {
  /** Number of characters and conditions in the pattern, with repetitions. */
  size: number;
  /** Number of ways to match at one position: ways * n ** degree. */
  ways: number;
  degree: number;
}

export function stepsFor({ size, ways, degree }: Work, length: number): number {
  return Math.max(1, size) * ways * length ** (degree + 1);
}

/** Returns the longest input for which the work is within the number of steps. */
export function longestWithin({ size, ways, degree }: Work, steps: number): number {
  return Math.floor((steps / (Math.max(1, size) * ways)) ** (1 / (degree + 1)));
}
