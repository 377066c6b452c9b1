import { setTimeout } from "node:timers/promises";

import type { GraphClient } from "../graph";

/** What the handlers of this folder need of the provider's configuration. */
export interface EntraConfig {
  /** The client for Microsoft Graph, made when first needed: a stack without Entra resources needs no credentials. */
  graph(signal: AbortSignal): Promise<GraphClient>;
  retryDelays: RetryDelays;
}

/** How long to wait before looking or trying again, in milliseconds. */
export interface RetryDelays {
  /** For what was changed to be seen: one entry per look. */
  visibilityDelays: readonly number[];
  /** For a start that was refused: one entry per try. */
  start: readonly number[];
}

export const defaultRetryDelays: RetryDelays = {
  visibilityDelays: [1000, 2000, 4000, 8000, 15_000],
  // The quickstart's "wait 60 seconds and try again" is the last resort, not the first.
  start: [5000, 15_000, 30_000, 60_000, 60_000, 60_000, 60_000],
};

/** Waits; AbortError as soon as the operation is cancelled. */
export async function delay(ms: number, signal: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal });
}
