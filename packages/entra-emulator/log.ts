import { isObject } from "./json";

/** A request that the emulator received, with secrets masked. */
export interface LoggedRequest {
  /** Position in the log, starting at 1. `clear` does not reset it. */
  sequence: number;
  /** Time of arrival, ISO 8601 in UTC. */
  time: string;
  method: string;
  /** Decoded path with version, e.g. /v1.0/groups. */
  path: string;
  /** Query string as received, including `?`; "" if absent. */
  query: string;
  /** HTTP status; 0 if the connection closed without a response. */
  status: number;
  /** Client id of the token or the token request; null if there is none or the token is invalid. */
  clientId: string | null;
  /** User-Agent header; "" if absent. */
  userAgent: string;
  /** Parsed JSON or form body; undefined if there is none. */
  body: unknown;
  /** Kind of the injected fault, if any. */
  fault?: string;
}

/** Conditions that a request must meet. An absent condition matches every request. */
export interface RequestMatcher {
  /** HTTP method, in any case. */
  method?: string;
  /** The entire path, in any case, or a regular expression. */
  path?: string | RegExp;
  clientId?: string;
}

export function matches(
  request: Pick<LoggedRequest, "method" | "path" | "clientId">,
  matcher: RequestMatcher,
): boolean {
  if (matcher.method !== undefined && matcher.method.toUpperCase() !== request.method) return false;
  if (typeof matcher.path === "string" && matcher.path.toLowerCase() !== request.path.toLowerCase()) return false;
  if (matcher.path instanceof RegExp && !matcher.path.test(request.path)) return false;
  return matcher.clientId === undefined || matcher.clientId === request.clientId;
}

/** All requests since the start or the last `clear`, in the order of their responses. */
export class RequestLog {
  private entries: LoggedRequest[] = [];
  private count = 0;

  /** `onRequest` receives each request after it is added. */
  constructor(private readonly onRequest?: (request: LoggedRequest) => void) {}

  /** Adds a request and masks the secrets in its body. */
  add(entry: Omit<LoggedRequest, "sequence" | "body"> & { body?: unknown }): void {
    const request = { ...entry, sequence: ++this.count, body: masked(entry.body) };
    this.entries.push(request);
    this.onRequest?.(request);
  }

  /** Returns all requests. */
  all(): readonly LoggedRequest[] {
    return this.entries;
  }

  /** Returns the requests that meet all conditions. */
  find(matcher: RequestMatcher): LoggedRequest[] {
    return this.entries.filter((entry) => matches(entry, matcher));
  }

  /** Removes all requests from the log. */
  clear(): void {
    this.entries = [];
  }
}

const secretNames = /^(client_secret|client_assertion|secretText|secretToken|password|access_token|id_token)$/i;
const secretKeys = /^(SecretToken|Password|Oauth2AccessToken|Oauth2RefreshToken|Oauth2ClientSecret|ClientSecret)$/i;

/** Returns a copy of a body with every secret replaced by `***`. */
export function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (!isObject(value)) return value;
  const isSecretPair = typeof value["key"] === "string" && secretKeys.test(value["key"]);
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => {
      const secret = secretNames.test(name) || (isSecretPair && name === "value");
      return [name, secret && typeof one === "string" && one !== "" ? "***" : masked(one)];
    }),
  );
}
