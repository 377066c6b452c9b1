/** One request that the emulator got, secrets masked. */
export interface LoggedRequest {
  /** Position in the log, from 1. */
  sequence: number;
  /** ISO 8601. */
  time: string;
  method: string;
  /** Path with version, e.g. /v1.0/groups. */
  path: string;
  /** Query as it came, with `?`, or "". */
  query: string;
  /** 0 when the connection was cut before an answer. */
  status: number;
  /** Client of the token; null when there was none or it was refused. */
  clientId: string | null;
  /** Which program asked, as it says itself; "" when it does not. */
  userAgent: string;
  /** JSON or form body as an object. */
  body: unknown;
  /** Kind of the fault that was injected. */
  fault?: string;
}

export interface RequestMatcher {
  method?: string;
  /** Whole path, or a pattern that it must match. */
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

/** All requests since start (or since `clear`), in order of arrival of their answers. */
export class RequestLog {
  private entries: LoggedRequest[] = [];
  private count = 0;

  add(entry: Omit<LoggedRequest, "sequence" | "body"> & { body?: unknown }): void {
    this.entries.push({ ...entry, sequence: ++this.count, body: masked(entry.body) });
  }

  all(): readonly LoggedRequest[] {
    return this.entries;
  }

  find(matcher: RequestMatcher): LoggedRequest[] {
    return this.entries.filter((entry) => matches(entry, matcher));
  }

  /** Requests that change something, refused ones left out. */
  changes(): LoggedRequest[] {
    return this.entries.filter(
      (entry) => entry.method !== "GET" && entry.status < 300 && /^\/(v1\.0|beta)\//.test(entry.path),
    );
  }

  clear(): void {
    this.entries = [];
  }
}

const secretNames = /^(client_secret|client_assertion|secretText|secretToken|password|access_token|id_token)$/i;
const secretKeys = /^(SecretToken|Password|Oauth2AccessToken|Oauth2RefreshToken|Oauth2ClientSecret|ClientSecret)$/i;

/** A copy of a body in which no secret is left. */
export function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== "object" || value === null) return value;
  const object = value as Record<string, unknown>;
  const isSecretPair = typeof object["key"] === "string" && secretKeys.test(object["key"]);
  return Object.fromEntries(
    Object.entries(object).map(([name, one]) => {
      const secret = secretNames.test(name) || (isSecretPair && name === "value");
      return [name, secret && typeof one === "string" && one !== "" ? "***" : masked(one)];
    }),
  );
}
