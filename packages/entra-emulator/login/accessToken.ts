import { randomUUID } from "node:crypto";

import { GraphError } from "../http/reply";
import type { Caller } from "../http/endpoint";
import type { Directory } from "../state/directory";
import { graphAppId } from "../state/wellKnown";
import type { ServicePrincipal } from "../state/types";
import type { SigningKeys } from "./keys";

/** Lifetime of an access token in seconds. Entra ID uses about one hour by default. */
export const accessTokenLifetime = 3599;

/** Issues an app-only access token for Microsoft Graph. `roles` lists the permissions granted to the principal. `lifetime`: seconds. */
export function issueAccessToken(
  keys: SigningKeys,
  directory: Directory,
  principal: ServicePrincipal,
  root: string,
  lifetime = accessTokenLifetime,
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return keys.sign({
    aud: root,
    iss: `https://sts.windows.net/${directory.tenantId}/`,
    iat: now,
    nbf: now,
    exp: now + lifetime,
    app_displayname: principal.displayName,
    appid: principal.appId,
    appidacr: "1",
    idtyp: "app",
    oid: principal.id,
    sub: principal.id,
    tid: directory.tenantId,
    roles: grantedRoles(directory, principal),
    uti: randomUUID(),
    ver: "1.0",
  });
}

function grantedRoles(directory: Directory, principal: ServicePrincipal): string[] {
  const graph = directory.servicePrincipalByAppId(graphAppId);
  return [...directory.assignments.values()]
    .filter((one) => one.principalId === principal.id && one.resourceId === graph?.id)
    .map((one) => graph?.appRoles.find((role) => role.id === one.appRoleId)?.value)
    .filter((value): value is string => typeof value === "string");
}

/** Reads the caller from the Authorization header. Throws Graph's 401 unless the token is valid for this emulator. */
export async function authenticate(keys: SigningKeys, header: string | undefined, root: string): Promise<Caller> {
  const token = /^Bearer (.+)$/i.exec(header ?? "")?.[1];
  if (!token) throw unauthorized("Access token is empty.");
  const claims = await keys.verify(token).catch(() => {
    throw unauthorized("IDX10511: Signature validation failed.");
  });
  if (claims.aud !== root) throw unauthorized("Access token validation failure. Invalid audience.");
  if ((claims.exp ?? 0) * 1000 <= Date.now()) throw expired();
  return {
    clientId: String(claims["appid"]),
    objectId: String(claims["oid"]),
    roles: new Set(Array.isArray(claims["roles"]) ? claims["roles"].map(String) : []),
  };
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
