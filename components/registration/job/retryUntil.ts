import { DatabaseError, HttpError } from "@smallstep-ssh/usersync/clients";

export interface Clock {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

const realClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

/**
 * Repeats `attempt` with growing pauses, also after temporary failures of a service, until it returns undefined or the time is over.
 * @param attempt returns why it must be repeated
 * @param onPause receives this reason before each pause
 * @returns the last reason; undefined on success
 */
export async function retryUntil(
  seconds: number,
  attempt: () => Promise<string | undefined>,
  onPause: (reason: string, pauseMs: number) => void = () => undefined,
  clock: Clock = realClock,
): Promise<string | undefined> {
  const deadline = clock.now() + seconds * 1000;
  for (let pause = 1000; ; pause = Math.min(pause * 2, 10_000)) {
    const reason = await attempt().catch((error: unknown) => {
      if ((error instanceof HttpError || error instanceof DatabaseError) && error.transient) return error.message;
      throw error;
    });
    if (reason === undefined || clock.now() + pause > deadline) return reason;
    onPause(reason, pause);
    await clock.sleep(pause);
  }
}
