/**
 * How much work one evaluation may take, in steps of some tens of nanoseconds: half a second at worst. What a directory holds
 * takes some hundreds; only expressions and values that were made to take long come near the end.
 */
export const MAX_STEPS = 10_000_000;
/** Texts that are so short are worked on for nothing: an expression cannot hold enough calls for them to matter. */
export const SHORT = 256;
/** What work on one character of a longer text counts. */
const EACH = 4;

/** Thrown when an evaluation needs more steps than are left. */
export class StepsExhausted extends Error {}

/** The steps that an evaluation has left: one for all calls in an expression, filled anew for each user. */
export class Budget {
  left = MAX_STEPS;

  /** @throws StepsExhausted */
  spend(steps: number): void {
    this.left -= steps;
    if (this.left < 0) throw new StepsExhausted();
  }

  /** For work on a text. @throws StepsExhausted */
  chargeForLength(length: number): void {
    if (length > SHORT) this.spend(length * EACH);
  }
}
