import type { Reply } from "./reply";
import type { TenantState } from "../state/tenant";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
export type ApiVersion = "v1.0" | "beta";

/** Who calls, as the access token says. */
export interface Caller {
  clientId: string;
  /** Object id of the caller's service principal. */
  objectId: string;
  roles: ReadonlySet<string>;
}

/** One authenticated request to Graph. */
export interface Call {
  state: TenantState;
  caller: Caller;
  version: ApiVersion;
  /** Root of Graph without version, e.g. https://localhost:4001. */
  root: string;
  /** The request's own path and query, for nextLink. */
  url: URL;
  params: Record<string, string>;
  query: URLSearchParams;
  /** Parsed JSON body; undefined when there was none. */
  body: unknown;
  /** CA certificates (PEM) trusted when the service itself calls out. */
  trustedCa: string;
}

/** One operation of the API. */
export interface Endpoint {
  method: Method;
  /** Path below the version; `:name` marks a parameter. */
  path: string;
  /** Application permissions, any one of which is enough. */
  permissions: readonly string[];
  /** Further ones, any one of which is needed besides. */
  alsoRequires?: readonly string[];
  /** Object that, when the caller owns it, lets `Application.ReadWrite.OwnedBy` do too; parameter name or true (no object yet). */
  ownedObject?: string | true;
  handle(call: Call): Reply | Promise<Reply>;
}
