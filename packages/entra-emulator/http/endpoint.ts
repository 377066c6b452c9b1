import type { Reply } from "./reply";
import type { TenantState } from "../state/tenant";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
export type ApiVersion = "v1.0" | "beta";

/** Caller identity from the access token. */
export interface Caller {
  clientId: string;
  /** Object id of the caller's service principal. */
  objectId: string;
  /** Application permissions, e.g. `User.Read.All`. */
  roles: ReadonlySet<string>;
}

/** An authenticated request to Graph. */
export interface Call {
  state: TenantState;
  caller: Caller;
  version: ApiVersion;
  /** Base URL of Graph without version, e.g. https://localhost:4001. */
  root: string;
  /** Request URL; `@odata.nextLink` repeats its path. */
  url: URL;
  params: Record<string, string>;
  query: URLSearchParams;
  /** Parsed JSON body; undefined if there is none. */
  body: unknown;
  /** CA certificates (PEM) that outgoing requests trust in addition to the public ones. */
  trustedCa: string;
}

/** An operation of the API. */
export interface Endpoint {
  method: Method;
  /** Path after the version; `:name` marks a parameter. */
  path: string;
  /** Application permissions. The caller needs one of them; an empty list allows every caller. */
  permissions: readonly string[];
  /** Additional permissions. The caller needs one of them as well. */
  alsoRequires?: readonly string[];
  /**
   * Path parameter of the target object. `Application.ReadWrite.OwnedBy` is sufficient if the caller owns the object.
   * `true`: the operation creates the object, so the permission is always sufficient.
   */
  ownedObject?: string | true;
  handle(call: Call): Reply | Promise<Reply>;
}
