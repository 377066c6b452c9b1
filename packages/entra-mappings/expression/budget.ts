import { createContext, Script } from "node:vm";

/**
 * Maximum work of one evaluation, in steps of some tens of nanoseconds: half a second in the worst case. Typical directory data
 * needs some hundreds of steps. Only expressions and values that are designed to be slow reach the limit.
 */
export const MAX_STEPS = 10_000_000;
const STEPS_PER_MILLISECOND = 20_000;
/** Maximum time for all users together, in milliseconds, without the first millisecond of each pattern and user. */
const MAX_OVERTIME = 5000;
/** Work on texts up to this length is not counted: an expression cannot contain enough calls for it to matter. */
export const SHORT = 256;
/** Steps per character of a longer text. */
const EACH = 4;

/** The error when an evaluation needs more steps or more time than is left. */
export class StepsExhausted extends Error {}

/** A context whose only purpose is a script with a time limit. It ends the work that the script calls, too. */
let timed: { context: { work?: () => unknown }; script: Script } | undefined;

/** The remaining work of an evaluation. All calls of an expression share one budget. */
export class Budget {
  /** Remaining steps. The evaluator sets it to MAX_STEPS for each user. */
  left = MAX_STEPS;
  private overtime = MAX_OVERTIME;

  /** Charges a number of steps. @throws StepsExhausted */
  spend(steps: number): void {
    this.left -= steps;
    if (this.left < 0) throw new StepsExhausted();
  }

  /** Charges work on a text of the given length. @throws StepsExhausted */
  chargeForLength(length: number): void {
    if (length > SHORT) this.spend(length * EACH);
  }

  /** Runs work that can take long, such as a regular expression with nested loops. It takes 0.1 ms to start. @throws StepsExhausted */
  limitTime<T>(work: () => T): T {
    const timeout = Math.ceil(Math.min(this.left / STEPS_PER_MILLISECOND, this.overtime));
    if (timeout <= 0) throw new StepsExhausted();
    timed ??= { context: createContext({}), script: new Script("work()") };
    const start = performance.now();
    let result: T | undefined;
    timed.context.work = () => {
      result = work();
    };
    try {
      timed.script.runInContext(timed.context, { timeout });
      return result as T;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // A RangeError means that the engine's stack is full.
      if (code === "ERR_SCRIPT_EXECUTION_TIMEOUT" || error instanceof RangeError) throw new StepsExhausted();
      throw error;
    } finally {
      const elapsed = performance.now() - start;
      this.left -= elapsed * STEPS_PER_MILLISECOND;
      this.overtime -= Math.max(0, elapsed - 1);
    }
  }
}
