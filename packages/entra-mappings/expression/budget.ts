/**
 * Maximum work of one evaluation, in steps of some tens of nanoseconds: half a second in the worst case. Typical directory data
 * needs some hundreds of steps. Only expressions and values that are designed to be slow reach the limit.
 */
export const MAX_STEPS = 10_000_000;
/** Work on texts up to this length is not counted: an expression cannot contain enough calls for it to matter. */
export const SHORT = 256;
/** Steps per character of a longer text. */
const EACH = 4;

/** The error when an evaluation needs more steps than are left. */
export class StepsExhausted extends Error {}

/** The remaining steps of an evaluation. All calls of an expression share one budget, which is reset for each user. */
export class Budget {
  left = MAX_STEPS;

  /** Charges a number of steps. @throws StepsExhausted */
  spend(steps: number): void {
    this.left -= steps;
    if (this.left < 0) throw new StepsExhausted();
  }

  /** Charges work on a text of the given length. @throws StepsExhausted */
  chargeForLength(length: number): void {
    if (length > SHORT) this.spend(length * EACH);
  }
}
