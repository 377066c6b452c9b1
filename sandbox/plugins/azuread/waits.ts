import { setTimeout } from "node:timers/promises";

/** How the plugin waits for what the service has accepted to be seen everywhere. */
export interface PollOptions {
  /** Between two looks, in milliseconds. */
  everyMs: number;
  /** For all looks together, in milliseconds. */
  atMostMs: number;
}

/** The official provider looks every 5 seconds; the emulator answers at once, and nobody likes to wait. */
export const defaultPollOptions: PollOptions = { everyMs: 100, atMostMs: 300_000 };

/** Looks in a row that have to agree, as in the official provider: one replica that knows is not all of them. */
const hitsNeeded = 5;

/** Looks until `isThere` has said yes five times in a row. @throws Error naming `what` when the time is over. */
export async function waitForConsistency(
  what: string,
  waits: PollOptions,
  signal: AbortSignal,
  isThere: () => Promise<boolean>,
): Promise<void> {
  const end = Date.now() + waits.atMostMs;
  for (let hits = 0; ;) {
    hits = (await isThere()) ? hits + 1 : 0;
    if (hits === hitsNeeded) return;
    if (Date.now() > end) throw new Error(`Waited ${waits.atMostMs / 1000} s in vain for ${what}.`);
    await setTimeout(waits.everyMs, undefined, { signal });
  }
}
