import * as z from "zod/mini";
import { checkShape, parseJson } from "../json";

/** Claims of our own access token. They are read without verification. */
export interface TokenClaims {
  /** Application permissions (`Synchronization.ReadWrite.All`). */
  roles: string[];
  /** Delegated permissions, if a user signed in (Azure CLI). */
  scopes: string[];
  tenantId?: string | undefined;
  clientId?: string | undefined;
  /** Object id of the service principal or user. */
  objectId?: string | undefined;
}

const text = z.optional(z.string());
const payload = z.object({
  roles: z.optional(z.array(z.string())),
  scp: text,
  tid: text,
  appid: text,
  azp: text,
  oid: text,
});

/** Decodes a token; `undefined` if it is not a JWT. Graph documents that its tokens may be opaque. */
export function decodeToken(token: string): TokenClaims | undefined {
  try {
    const json = Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8");
    const { roles = [], scp = "", tid, appid, azp, oid } = checkShape(payload, parseJson(json));
    const scopes = scp.split(" ").filter((scope) => scope !== "");
    return { roles, scopes, tenantId: tid, clientId: appid ?? azp, objectId: oid };
  } catch {
    return undefined;
  }
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
