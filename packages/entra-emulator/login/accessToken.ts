import { randomUUID } from "node:crypto";

import { errors } from "jose";

import type { Caller } from "../http/endpoint";
import { GraphError } from "../http/reply";
import type { TenantState } from "../state/tenant";
import type { ServicePrincipal } from "../state/types";
import { graphAppId } from "../state/wellKnown";
import type { SigningKeys } from "./keys";

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
