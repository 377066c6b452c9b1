import { createHash, randomUUID } from "node:crypto";

import type { TenantState } from "../state/tenant";
import { LoginError } from "./errors";
import type { SigningKeys } from "./keys";

/**
 * Issues the ID token that a user gets when signing in to a client. The token contains `email` only if the user has a `mail`.
 * Throws LoginError like Entra ID: for an unknown or disabled user, for a client without a service principal, and for a user
 * without the assignment that the client requires. `changes` replaces claims, e.g. to sign a token of another tenant.
 */
export async function issueIdToken(
  state: TenantState,
  keys: SigningKeys,
  root: string,
  userPrincipalName: string,
  clientId: string,
  changes: Record<string, unknown> = {},
): Promise<string> {
  const upn = userPrincipalName.toLowerCase();
  const user = [...state.users.values()].find((one) => one.userPrincipalName.toLowerCase() === upn);
  if (!user) {
    const problem = `does not exist in the ${state.displayName} directory.`;
    throw new LoginError(50034, `The user account ${userPrincipalName} ${problem}`);
  }
  if (!user.accountEnabled) throw new LoginError(50057, "The user account is disabled.");
  const principal = state.servicePrincipalByAppId(clientId);
  if (!principal) throw unknownClient(state, clientId);
  if (principal.appRoleAssignmentRequired && !isAssigned(state, user.id, principal.id)) {
    throw new LoginError(
      50105,
      `The signed in user '${userPrincipalName}' is not assigned to a role for the application '${clientId}'.`,
    );
  }
  const claims = {
    aud: clientId,
    iss: `${root}/${state.tenantId}/v2.0`,
    email: user.mail ?? undefined,
    name: user.displayName,
    oid: user.id,
    preferred_username: user.userPrincipalName,
    sub: createHash("sha256").update(`${user.id}.${clientId}`).digest("base64url"),
    tid: state.tenantId,
    uti: randomUUID(),
    ver: "2.0",
    ...changes,
  };
  return keys.sign(claims, 3900);
}

export function unknownClient(state: TenantState, clientId: string): LoginError {
  return new LoginError(
    700016,
    `Application with identifier '${clientId}' was not found in the directory '${state.displayName}'.`,
  );
}

function isAssigned(state: TenantState, userId: string, principalId: string): boolean {
  // Sign-in and provisioning ignore nested group membership.
  const holders = new Set([userId, ...state.members.sources(userId)]);
  return [...state.assignments.values()].some((one) => one.resourceId === principalId && holders.has(one.principalId));
}
