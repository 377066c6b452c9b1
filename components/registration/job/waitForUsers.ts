import { HttpError, type GetOptions, countActiveUsers, missingUsers } from "@smallstep-ssh/usersync/clients";
import { realClock, type Clock } from "./clock";
import type { WaitSettings } from "./settings";

/**
 * Step 4: waits until the SCIM directory holds enough active users, including the required ones. Switching a team to an empty directory
 * would lock out every user.
 * @throws Error when the timeout expires, or immediately when the server rejects the token
 */
export async function waitForUsers(
  settings: WaitSettings,
  log: (line: string) => void,
  clock: Clock = realClock,
): Promise<void> {
  const { timeoutSeconds } = settings;
  const deadline = clock.now() + timeoutSeconds * 1000;
  let last = "";
  for (let pause = 1000; ; pause = Math.min(pause * 1.5, 15_000)) {
    let status: string;
    try {
      const progress = await countUsers(settings);
      status = progress.status;
      if (progress.ready) {
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
        `${status} after ${timeoutSeconds} s. The team was not switched, so no user is locked out; ` +
          "check that provisioning runs, then run again",
      );
    }
    await clock.sleep(pause);
  }
}

async function countUsers(settings: WaitSettings): Promise<{ status: string; ready: boolean }> {
  const { tenantUrl, token, minimumUsers, requiredUsers } = settings;
  const options: GetOptions = { rootCert: settings.rootCert };
  const users = await countActiveUsers(tenantUrl, token, { ...options, enough: minimumUsers });
  const missing = await missingUsers(tenantUrl, token, requiredUsers, options);
  const lacks = missing.length === 0 ? "" : `; missing required users: ${missing.join(", ")}`;
  return {
    status: `the SCIM directory holds ${users} of at least ${minimumUsers} active users${lacks}`,
    ready: users >= minimumUsers && missing.length === 0,
  };
}
