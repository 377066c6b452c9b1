import { createHash, randomUUID } from "node:crypto";

import {
  calculateJwkThumbprint,
  errors,
  exportJWK,
  generateKeyPair,
  jwtVerify,
  SignJWT,
  type JWK,
  type JWTPayload,
} from "jose";

import type { Caller } from "../http/endpoint";
import { GraphError } from "../http/reply";
import type { TenantState } from "../state/tenant";
import type { ServicePrincipal } from "../state/types";
import { graphAppId } from "../state/wellKnown";
import { LoginError, unknownClient } from "./errors";

/** Key pair that signs all tokens of the emulator. */
export interface SigningKeys {
  /** Published key set. */
  jwks: { keys: JWK[] };
  /** Signs the claims as an RS256 token that is valid from now on. `lifetime`: seconds. */
  sign(claims: JWTPayload, lifetime: number): Promise<string>;
  /** Returns the claims of a valid token. @throws JOSEError */
  verify(token: string, audience: string): Promise<JWTPayload>;
}

export async function createSigningKeys(): Promise<SigningKeys> {
  const { privateKey, publicKey } = await generateKeyPair("RS256");
  const jwk = await exportJWK(publicKey);
  const kid = (await calculateJwkThumbprint(jwk)).slice(0, 27);
  // Verifying a signature takes longer than most requests, and a client sends its token with all of them.
  const verified = new Map<string, JWTPayload>();
  return {
    jwks: { keys: [{ ...jwk, use: "sig", kid, x5t: kid, alg: "RS256" }] },
    sign: (claims, lifetime) => {
      const now = Math.floor(Date.now() / 1000);
      const payload = { iat: now, nbf: now, exp: now + lifetime, ...claims };
      return new SignJWT(payload).setProtectedHeader({ typ: "JWT", alg: "RS256", kid }).sign(privateKey);
    },
    verify: async (token, audience) => {
      const key = `${audience} ${token}`;
      const known = verified.get(key);
      if (known?.exp !== undefined && known.exp * 1000 > Date.now()) return known;
      const { payload } = await jwtVerify(token, publicKey, { audience });
      verified.set(key, payload);
      return payload;
    },
  };
}

/** Lifetime of an access token in seconds. Entra ID uses about one hour by default. */
export const accessTokenLifetime = 3599;

/** Issues an app-only access token for Microsoft Graph. `roles` lists the permissions granted to the principal. */
export function issueAccessToken(
  keys: SigningKeys,
  state: TenantState,
  principal: ServicePrincipal,
  root: string,
): Promise<string> {
  const graph = state.servicePrincipalByAppId(graphAppId);
  const granted = [...state.assignments.values()]
    .filter((one) => one.principalId === principal.id && one.resourceId === graph?.id)
    .map((one) => one.appRoleId);
  const claims = {
    aud: root,
    iss: `https://sts.windows.net/${state.tenantId}/`,
    app_displayname: principal.displayName,
    appid: principal.appId,
    appidacr: "1",
    idtyp: "app",
    oid: principal.id,
    sub: principal.id,
    tid: state.tenantId,
    roles: graph?.appRoles.filter(({ id }) => granted.includes(id)).map(({ value }) => value),
    uti: randomUUID(),
    ver: "1.0",
  };
  return keys.sign(claims, accessTokenLifetime);
}

/** Reads the caller from the Authorization header. Throws Graph's 401 unless the token is valid for this emulator. */
export async function authenticate(keys: SigningKeys, header: string | undefined, root: string): Promise<Caller> {
  const token = /^Bearer (.+)$/i.exec(header ?? "")?.[1];
  if (!token) throw unauthorized("Access token is empty.");
  const payload = await keys.verify(token, root).catch((error: unknown) => {
    if (error instanceof errors.JWTExpired) throw expired();
    const isClaim = error instanceof errors.JWTClaimValidationFailed;
    throw unauthorized(
      isClaim ? "Access token validation failure. Invalid audience." : "IDX10511: Signature validation failed.",
    );
  });
  const roles = Array.isArray(payload["roles"]) ? payload["roles"].map(String) : [];
  return { clientId: String(payload["appid"]), objectId: String(payload["oid"]), roles: new Set(roles) };
}

/** Returns Graph's 401 for an expired access token. */
export function expired(): GraphError {
  return unauthorized("Lifetime validation failed, the token is expired.");
}

function unauthorized(message: string): GraphError {
  return new GraphError(401, "InvalidAuthenticationToken", message, {
    "WWW-Authenticate":
      'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", ' +
      `error="invalid_token", error_description="${message}"`,
  });
}

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

function isAssigned(state: TenantState, userId: string, principalId: string): boolean {
  // Sign-in and provisioning ignore nested group membership.
  const holders = new Set([userId, ...state.members.sources(userId)]);
  return [...state.assignments.values()].some((one) => one.resourceId === principalId && holders.has(one.principalId));
}
