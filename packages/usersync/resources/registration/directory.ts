import { boundedList } from "entra-mappings";
import { countActiveUsers } from "../../clients/scim";

/** State of a team's directory. */
export interface DirectoryUse {
  teamSlug: string;
  directoryId: string;
  /** True if the team already uses the directory. */
  inUse: boolean;
  /** Active users in the directory. Counting may stop at `minimumUsers`. */
  activeUsers: number;
  /** Active users that the directory must hold. */
  minimumUsers: number;
}

/** Returns a warning if a team uses a directory with too few active users; undefined otherwise. */
export function emptyDirectoryWarning(use: DirectoryUse): string | undefined {
  if (!use.inUse || use.activeUsers >= use.minimumUsers) return undefined;
  return (
    `Team "${use.teamSlug}" uses directory ${use.directoryId}, which holds ${describeUserCount(use)}: ` +
    `${use.activeUsers === 0 ? "no user" : "too few users"} can log in. Check whether provisioning runs and which users are disabled.`
  );
}

/** Returns a message about the pending switch; undefined once the team uses the directory. */
export function pendingSwitchMessage(use: DirectoryUse): string | undefined {
  if (use.inUse) return undefined;
  return (
    `Team "${use.teamSlug}" does not use directory ${use.directoryId} yet, which holds ${describeUserCount(use)}: ` +
    "the team switches when the directory holds enough."
  );
}

function describeUserCount({ activeUsers, minimumUsers }: DirectoryUse): string {
  return activeUsers >= minimumUsers
    ? `at least ${activeUsers} active users`
    : `${activeUsers} of at least ${minimumUsers} active users`;
}

/** Counts the active users of a directory up to the minimum. @throws HttpError */
export async function readDirectoryUsage(
  use: Omit<DirectoryUse, "activeUsers">,
  scim: { tenantUrl: string; token: string; rootCert?: string | undefined; signal?: AbortSignal | undefined },
): Promise<DirectoryUse> {
  const { tenantUrl, token, ...options } = scim;
  const activeUsers = await countActiveUsers(tenantUrl, token, { ...options, enough: use.minimumUsers });
  return { ...use, activeUsers };
}

/** Returns an error if other teams use the directory; undefined otherwise. */
export function sharedDirectoryError(
  directoryId: string,
  teamSlug: string,
  others: readonly string[],
): string | undefined {
  if (others.length === 0) return undefined;
  return (
    `directory ${directoryId} belongs to team ${boundedList(others).join(", ")}: its users would get access, and the users of "${teamSlug}" ` +
    "would lose it. Nothing was changed; set safeguards.allowSharedDirectory to allow it"
  );
}
