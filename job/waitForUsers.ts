import { HttpError } from "../provider/smallstep/http";
import { countUsers } from "../provider/smallstep/scim";
import type { WaitSettings } from "./settings";

export interface Clock {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

const realClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

/**
 * Step 2: waits until the SCIM directory holds enough users. A team switched to an empty directory locks everybody out.
 * @throws Error in words when the time is over, or at once when the token is refused
 */
export async function waitForUsers(
  settings: WaitSettings,
  log: (line: string) => void,
  clock: Clock = realClock,
): Promise<void> {
  const { minimumUsers, timeoutSeconds } = settings;
  const deadline = clock.now() + timeoutSeconds * 1000;
  let last = "";
  for (let pause = 1000; ; pause = Math.min(pause * 1.5, 15_000)) {
    let status: string;
    try {
      const users = await countUsers(settings.tenantUrl, settings.token, { rootCert: settings.rootCert });
      status = `the SCIM directory holds ${users} of at least ${minimumUsers} users`;
      if (users >= minimumUsers) {
        log(status);
        return;
      }
    } catch (error) {
      if (!(error instanceof HttpError) || !error.transient) throw error;
      status = error.message;
    }
    if (status !== last) log(`${status}: waiting`);
    last = status;
    if (clock.now() + pause > deadline) {
      throw new Error(
        `${status} after ${timeoutSeconds} s. The team was not switched, so that nobody is locked out; ` +
          "see that provisioning runs, and run again",
      );
    }
    await clock.sleep(pause);
  }
}
