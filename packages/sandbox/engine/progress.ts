/** Receives one progress line of a long step, without a line break. */
export interface Progress {
  (line: string): void;
}

/** Formats the time since `startedAt` (milliseconds since the epoch): "45 s", "3 min 20 s". */
export function elapsed(startedAt: number, now = Date.now()): string {
  const seconds = Math.max(0, Math.round((now - startedAt) / 1000));
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Returns the first line of an error's message, for a list of reasons. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // fetch gives the reason of a failure only in the cause.
  const original = error.message === "fetch failed" && error.cause instanceof Error ? error.cause : error;
  return original.message.trim().split("\n")[0] ?? "";
}
