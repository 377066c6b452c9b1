import { matches, type LoggedRequest, type RequestMatcher } from "./log";

/** A fault that the emulator injects into matching requests. */
export type Fault =
  /** Returns 429. `retryAfter`: seconds or a date for the Retry-After header; default: no header. */
  | { kind: "throttle"; retryAfter?: number | Date }
  /** Returns 503. `retryAfter`: as for `throttle`. */
  | { kind: "unavailable"; retryAfter?: number | Date }
  /** Returns any other error status, e.g. 409 or 500. Default `code`: InternalServerError from 500 on, otherwise Request_BadRequest. */
  | { kind: "error"; status: number; code?: string; message?: string }
  /** Closes the connection without a response, before or after the request is processed. */
  | { kind: "reset"; when: "before" | "after" }
  /** Returns 404 for an existing object, like a replica that has not received a new object yet. */
  | { kind: "notFound" }
  /** Repeats the response that the same GET returned before the last change, or returns 404 if there was none. Affects GET only. */
  | { kind: "staleRead" }
  /** Sends all headers and half of the body, then closes the connection. */
  | { kind: "truncate" }
  /** Processes the request and, if it succeeds, sends 200 with the text that `text` returns for the body and the URL. */
  | { kind: "answer"; text: (body: string, url: URL) => string }
  /** Sends no response and closes the connection after `milliseconds`. Default: when the emulator closes. */
  | { kind: "stall"; milliseconds?: number }
  /** Processes the request and delays the response by `milliseconds`. */
  | { kind: "slow"; milliseconds: number }
  /** Returns 401 as if the access token had expired. */
  | { kind: "expiredToken" };

/** An injected fault, returned by `inject`. */
export interface InjectedFault {
  readonly fault: Fault;
  /** Number of requests hit by the fault. */
  readonly hits: number;
}

interface Rule extends InjectedFault {
  matcher: RequestMatcher;
  skip: number;
  left: number;
  hits: number;
}

/** Queue of injected faults. The oldest matching fault applies first. */
export class Faults {
  private rules: Rule[] = [];

  /**
   * Injects a fault into the next matching requests.
   * `times`: number of requests to hit; default 1; Infinity for all. `skip`: number of matching requests to let pass first; default 0.
   */
  inject(matcher: RequestMatcher, fault: Fault, options: { times?: number; skip?: number } = {}): InjectedFault {
    const { times: left = 1, skip = 0 } = options;
    const rule: Rule = { matcher, fault, skip, left, hits: 0 };
    this.rules.push(rule);
    return rule;
  }

  /** Removes all faults. */
  clear(): void {
    this.rules = [];
  }

  /** Returns the fault for this request, if any, and counts it. */
  take(request: Pick<LoggedRequest, "method" | "path" | "clientId">): Fault | undefined {
    for (const rule of this.rules) {
      if (rule.left <= 0 || !matches(request, rule.matcher)) continue;
      if (rule.skip > 0) {
        rule.skip--;
        continue;
      }
      rule.left--;
      rule.hits++;
      return rule.fault;
    }
    return undefined;
  }
}
