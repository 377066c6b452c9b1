import { setTimeout } from "node:timers/promises";

/** Polling of the plugin while an accepted change is not visible everywhere. */
export interface PollOptions {
  /** Interval between two polls, in milliseconds. */
  everyMs: number;
  /** Time limit for all polls, in milliseconds. */
  atMostMs: number;
}

/** The official provider polls every 5 seconds. The emulator is consistent at once, so a short interval is enough. */
export const defaultPollOptions: PollOptions = { everyMs: 100, atMostMs: 300_000 };

/** Number of consecutive successful polls, as in the official provider, because each poll can reach another replica. */
const hitsNeeded = 5;

/**
 * Polls until `isThere` returns true five times in a row.
 * @throws Error with the name `what` when the time limit is reached
 */
export async function waitForConsistency(
  description: string,
  waits: PollOptions,
  signal: AbortSignal,
  isThere: () => Promise<boolean>,
): Promise<void> {
  const end = Date.now() + waits.atMostMs;
  for (let hits = 0; ;) {
    hits = (await isThere()) ? hits + 1 : 0;
    if (hits === hitsNeeded) return;
    if (Date.now() > end) throw new Error(`Timed out after ${waits.atMostMs / 1000} s waiting for ${description}.`);
    await setTimeout(waits.everyMs, undefined, { signal });
  }
}
