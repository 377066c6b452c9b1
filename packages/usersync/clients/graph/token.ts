/** Claims of our own access token. They are read without verification. */
export interface TokenClaims {
  /** Application permissions (`Synchronization.ReadWrite.All`). */
  roles: string[];
  /** Delegated permissions, if a user signed in (Azure CLI). */
  scopes: string[];
  tenantId?: string;
  clientId?: string;
  /** Object id of the service principal or user. */
  objectId?: string;
}

/** Decodes a token; `undefined` if it is not a JWT. Graph documents that its tokens may be opaque. */
export function decodeToken(token: string): TokenClaims | undefined {
  const payload = token.split(".")[1];
  if (payload === undefined) return undefined;
  let claims: Record<string, unknown>;
  try {
    claims = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as Record<string, unknown>;
  } catch {
    return undefined;
  }
  const text = (name: string): string | undefined => (typeof claims[name] === "string" ? claims[name] : undefined);
  const roles = claims["roles"];
  const tenantId = text("tid");
  const clientId = text("appid") ?? text("azp");
  const objectId = text("oid");
  return {
    roles: Array.isArray(roles) ? roles.filter((role) => typeof role === "string") : [],
    scopes: (text("scp") ?? "").split(" ").filter((scope) => scope !== ""),
    ...(tenantId === undefined ? {} : { tenantId }),
    ...(clientId === undefined ? {} : { clientId }),
    ...(objectId === undefined ? {} : { objectId }),
  };
}

/** Required permission, or alternatives of which one is enough. */
export interface NeededPermission {
  anyOf: readonly string[];
  /** Purpose that completes "lacks the permission X, ". */
  why: string;
}

/** Lists the permissions that the token lacks, each with its purpose. */
export function missingPermissions(claims: TokenClaims, needed: readonly NeededPermission[]): string[] {
  const held = new Set([...claims.roles, ...claims.scopes]);
  return needed
    .filter(({ anyOf }) => !anyOf.some((permission) => held.has(permission)))
    .map(({ anyOf, why }) => `${anyOf.join(" or ")}, ${why}`);
}
