import { matches, type LoggedRequest, type RequestMatcher } from "./log";

/** A way in which the next matching requests go wrong. */
export type Fault =
  /** 429. `retryAfter` in seconds or as a moment; absent: no such header. */
  | { kind: "throttle"; retryAfter?: number | Date }
  /** 503, `retryAfter` as above. */
  | { kind: "unavailable"; retryAfter?: number | Date }
  /** Any other refusal, e.g. 500 once or 409. */
  | { kind: "error"; status: number; code?: string; message?: string }
  /** The connection is cut, before the request is processed or after. */
  | { kind: "reset"; when: "before" | "after" }
  /** 404 although the object is there: replicas that lag behind a create. */
  | { kind: "notFound" }
  /** The answer that the same GET had before the last change, or 404 if it had none. */
  | { kind: "staleRead" }
  /** Headers of the whole answer, half of its body, then the connection is cut. */
  | { kind: "truncate" }
  /** No answer; the connection stays open for this long, then it is cut. Default: until the emulator closes. */
  | { kind: "stall"; milliseconds?: number }
  /** The request is processed, and the answer kept back for this long. */
  | { kind: "slow"; milliseconds: number }
  /** 401: the access token is taken for expired. */
  | { kind: "expiredToken" };

export interface InjectedFault {
  readonly fault: Fault;
  /** How often it has struck. */
  readonly hits: number;
  remove(): void;
}

interface Rule extends InjectedFault {
  matcher: RequestMatcher;
  skip: number;
  left: number;
  hits: number;
}

/** The faults to come, the oldest first. */
export class Faults {
  private rules: Rule[] = [];

  /**
   * Lets requests that match fail.
   * `times`: how many, default 1, Infinity for all. `skip`: how many matching ones are spared first, default 0.
   */
  inject(matcher: RequestMatcher, fault: Fault, options: { times?: number; skip?: number } = {}): InjectedFault {
    const rule: Rule = {
      matcher,
      fault,
      skip: options.skip ?? 0,
      left: options.times ?? 1,
      hits: 0,
      remove: () => {
        this.rules = this.rules.filter((one) => one !== rule);
      },
    };
    this.rules.push(rule);
    return rule;
  }

  clear(): void {
    this.rules = [];
  }

  /** The fault that strikes this request; counts it. */
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
