import { createHash, randomUUID } from "node:crypto";

import type { Directory } from "../state/directory";
import { LoginError } from "./errors";
import type { SigningKeys } from "./keys";

/**
 * Issues the ID token that a user gets when signing in to a client. The token contains `email` only if the user has a `mail`.
 * Throws LoginError like Entra ID: for an unknown or disabled user, for a client without a service principal, and for a user
 * without the assignment that the client requires. `changes` replaces claims, e.g. to sign a token of another tenant.
 */
export async function issueIdToken(
  directory: Directory,
  keys: SigningKeys,
  root: string,
  userPrincipalName: string,
  clientId: string,
  changes: Record<string, unknown> = {},
): Promise<string> {
  const user = [...directory.users.values()].find(
    (one) => one.userPrincipalName.toLowerCase() === userPrincipalName.toLowerCase(),
  );
  if (!user) {
    throw new LoginError(
      400,
      "invalid_grant",
      50034,
      `The user account ${userPrincipalName} does not exist in the ${directory.displayName} directory.`,
    );
  }
  if (!user.accountEnabled) throw new LoginError(400, "invalid_grant", 50057, "The user account is disabled.");
  const principal = directory.servicePrincipalByAppId(clientId);
  if (!principal) {
    throw new LoginError(
      400,
      "unauthorized_client",
      700016,
      `Application with identifier '${clientId}' was not found in the directory '${directory.displayName}'.`,
    );
  }
  if (principal.appRoleAssignmentRequired && !isAssigned(directory, user.id, principal.id)) {
    throw new LoginError(
      400,
      "invalid_grant",
      50105,
      `The signed in user '${userPrincipalName}' is not assigned to a role for the application '${clientId}'.`,
    );
  }
  const now = Math.floor(Date.now() / 1000);
  return keys.sign({
    aud: clientId,
    iss: `${root}/${directory.tenantId}/v2.0`,
    iat: now,
    nbf: now,
    exp: now + 3900,
    ...(user.mail === null ? {} : { email: user.mail }),
    name: user.displayName,
    oid: user.id,
    preferred_username: user.userPrincipalName,
    sub: createHash("sha256").update(`${user.id}.${clientId}`).digest("base64url"),
    tid: directory.tenantId,
    uti: randomUUID(),
    ver: "2.0",
    ...changes,
  });
}

function isAssigned(directory: Directory, userId: string, principalId: string): boolean {
  // Sign-in and provisioning ignore nested group membership.
  const holders = new Set([userId, ...directory.members.sources(userId)]);
  return [...directory.assignments.values()].some(
    (one) => one.resourceId === principalId && holders.has(one.principalId),
  );
}
