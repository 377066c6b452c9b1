import { setTimeout } from "node:timers/promises";

import type { PeopleWriter } from "entra-mappings";
import type { GraphClient } from "../clients/graph/client";

/** Provider configuration that the handlers of this folder need. */
export interface EntraConfig {
  /**
   * Returns the client for Microsoft Graph. It is created on first use, so a stack without Entra resources needs no
   * credentials.
   */
  graph(signal: AbortSignal): Promise<GraphClient>;
  retryDelays: RetryDelays;
  /** Writes people into results, messages and outputs. */
  people: PeopleWriter;
}

/** Delays between attempts, in milliseconds. The number of entries limits the number of retries. */
export interface RetryDelays {
  /** Delays before each read that checks whether a change is visible. */
  visibilityDelays: readonly number[];
  /** Delays before each retry of a rejected start. */
  start: readonly number[];
}

export const defaultRetryDelays: RetryDelays = {
  visibilityDelays: [1000, 2000, 4000, 8000, 15_000],
  // The quickstart recommends "wait 60 seconds and try again". Shorter delays come first, because they are often enough.
  start: [5000, 15_000, 30_000, 60_000, 60_000, 60_000, 60_000],
};

/** Waits for `ms` milliseconds. @throws AbortError when the operation is cancelled */
export async function delay(ms: number, signal: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal });
}
