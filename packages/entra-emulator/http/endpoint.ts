import type { TenantState } from "../state/tenant";
import type { Reply } from "./reply";

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
  /** v1.0 or beta. */
  version: string;
  /** Base URL of Graph without version, e.g. https://localhost:4001. */
  root: string;
  /** Request URL; `@odata.nextLink` repeats its path. */
  url: URL;
  query: URLSearchParams;
  /** Returns a parameter of the path; "" if the path of the endpoint has no such parameter. */
  param(name: string): string;
  /** Parsed JSON body; undefined if there is none. */
  body: unknown;
  /** CA certificates (PEM) that outgoing requests trust in addition to the public ones. */
  trustedCa: string;
}

interface Requirements {
  /** Application permissions. The caller needs one of them; an empty list allows every caller. */
  permissions: readonly string[];
  /** Additional permissions. The caller needs one of them as well. */
  alsoRequires?: readonly string[];
  /** `Application.ReadWrite.OwnedBy` is sufficient if the caller owns the object in the path. Default: false. */
  ownersToo?: boolean;
}

/** Who may call an operation: permissions, of which the caller needs one, or further requirements. */
export type Access = readonly string[] | Requirements;

/** An operation of the API. */
export interface Endpoint extends Requirements {
  method: string;
  /** Matches the path after the version. Its named groups are the parameters. Like Graph, ignores case. */
  pattern: RegExp;
  /** Returns the response. Default: 204 without a body. */
  handle(call: Call): Reply | void | Promise<Reply | void>;
}

/** Declares an operation, e.g. `route("GET /users/:id", read, handle)`; `:name` marks a parameter. */
export function route(
  operation: `${"GET" | "POST" | "PUT" | "PATCH" | "DELETE"} /${string}`,
  access: Access,
  handle: Endpoint["handle"],
): Endpoint {
  const [method = "", path = ""] = operation.split(" ");
  const pattern = path.replace(/[.$]/g, "\\$&").replace(/:(\w+)/g, "(?<$1>[^/]+)");
  const requirements = "permissions" in access ? access : { permissions: access };
  return { method, pattern: new RegExp(`^${pattern}/?$`, "i"), handle, ...requirements };
}

/** Also allows owners of the object in the path. */
export function orOwner(permissions: readonly string[]): Access {
  return { permissions, ownersToo: true };
}
