/** Receives one line of text about a long step, without a line end. */
export interface Progress {
  (line: string): void;
}

/** "45 s", "3 min 20 s": how long ago `startedAt` (milliseconds since the epoch) was. */
export function elapsed(startedAt: number, now = Date.now()): string {
  const seconds = Math.max(0, Math.round((now - startedAt) / 1000));
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** The first line of an error's text: enough for a list of reasons. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // fetch tells why it failed only in the cause.
  const told = error.message === "fetch failed" && error.cause instanceof Error ? error.cause : error;
  return told.message.trim().split("\n")[0] ?? "";
}
