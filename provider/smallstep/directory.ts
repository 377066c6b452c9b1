import { countActiveUsers } from "./scim";

/** What is known of a team's directory. */
export interface DirectoryUse {
  teamSlug: string;
  directoryId: string;
  /** Whether the team uses it already. */
  inUse: boolean;
  /** Active users in it; counting stops at the minimum. */
  activeUsers: number;
  /** How many it must hold. */
  minimumUsers: number;
}

/** In words, that a team uses a directory in which (nearly) nobody is who could log in; undefined when all is well. */
export function emptyDirectoryWarning(use: DirectoryUse): string | undefined {
  if (!use.inUse || use.activeUsers >= use.minimumUsers) return undefined;
  return (
    `Team "${use.teamSlug}" uses directory ${use.directoryId}, which holds ${describeUserCount(use)}: ` +
    `${use.activeUsers === 0 ? "nobody" : "hardly anybody"} can log in. See whether provisioning runs, and who was disabled.`
  );
}

/** In words, what the team still waits for; undefined once it uses the directory. */
export function pendingSwitchMessage(use: DirectoryUse): string | undefined {
  if (use.inUse) return undefined;
  return (
    `Team "${use.teamSlug}" does not use directory ${use.directoryId} yet, which holds ${describeUserCount(use)}: ` +
    "it is switched when there are enough."
  );
}

function describeUserCount({ activeUsers, minimumUsers }: DirectoryUse): string {
  return activeUsers >= minimumUsers
    ? `at least ${activeUsers} active users`
    : `${activeUsers} of at least ${minimumUsers} active users`;
}

/** Looks how many active users a directory holds, up to the minimum. @throws HttpError */
export async function readDirectoryUsage(
  use: Omit<DirectoryUse, "activeUsers">,
  scim: { tenantUrl: string; token: string; rootCert?: string | undefined; signal?: AbortSignal },
): Promise<DirectoryUse> {
  const { tenantUrl, token, ...options } = scim;
  const activeUsers = await countActiveUsers(tenantUrl, token, { ...options, enough: use.minimumUsers });
  return { ...use, activeUsers };
}

/** In words, that a directory is another team's; undefined when it is not. */
export function sharedDirectoryError(
  directoryId: string,
  teamSlug: string,
  others: readonly string[],
): string | undefined {
  if (others.length === 0) return undefined;
  return (
    `directory ${directoryId} is that of team ${others.join(", ")}: its people would get access, and those of "${teamSlug}" ` +
    "would lose it. Nothing was changed; safeguards.allowSharedDirectory allows it"
  );
}
