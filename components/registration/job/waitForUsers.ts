import { boundedList } from "entra-mappings";
import { countActiveUsers, missingUsers } from "@smallstep-ssh/usersync/clients";
import { retryUntil } from "./retryUntil";
import type { WaitSettings } from "./settings";

/**
 * Step 4: waits until the SCIM directory holds enough active users, including the required ones. Switching a team to an empty directory
 * would lock out every user.
 * @throws Error when the timeout expires, or immediately when the server rejects the token
 */
export async function waitForUsers(settings: WaitSettings, log: (line: string) => void): Promise<void> {
  const { tenantUrl, token, rootCert, minimumUsers, requiredUsers, hideUsers, timeoutSeconds } = settings;
  const options = { rootCert, retries: 0 };
  let logged = "";
  const attempt = async () => {
    const users = await countActiveUsers(tenantUrl, token, { ...options, enough: minimumUsers });
    const missing = await missingUsers(tenantUrl, token, requiredUsers, options);
    const named = hideUsers ? `${missing.length} of ${requiredUsers.length}` : boundedList(missing).join(", ");
    const lacks = missing.length === 0 ? "" : `; missing required users: ${named}`;
    const status = `the SCIM directory holds ${users} of at least ${minimumUsers} active users${lacks}`;
    if (users < minimumUsers || missing.length > 0) return status;
    log(status);
    return undefined;
  };
  const reason = await retryUntil(timeoutSeconds, attempt, (status) => {
    if (status !== logged) log(`${status}: waiting`);
    logged = status;
  });
  if (reason === undefined) return;
  throw new Error(
    `${reason} after ${timeoutSeconds} s. The team was not switched, so no user is locked out; ` +
      "check that provisioning runs, then run again",
  );
}
