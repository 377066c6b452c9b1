import type { PipelineRequest, RestError, RetryInformation, RetryStrategy } from "@azure/core-rest-pipeline";

/** How a request may be repeated. */
export interface RetryTraits {
  /** Doing it twice is the same as doing it once: safe to send again when no answer came. */
  idempotent: boolean;
  /** "Not found" may mean "not there yet": what it asks for has been made a moment ago. */
  eventuallyConsistent: boolean;
  /** "Conflict" and "bad request" have a meaning of their own to the caller, who waits in its own way. */
  callerHandlesConflict: boolean;
  /** Not repeated for any reason: the caller looks again at what is there before it sends anything more. */
  noRetry: boolean;
}

export interface RetryTimes {
  /** First wait; doubles each time, up to 20 times this. */
  firstMs: number;
  /** The longest wait that the service may ask for; more is an error at once. */
  maxRetryAfterMs: number;
  /** How long one request may take. Graph's slowest documented answers (a schema, a page of members) take seconds. */
  requestMs: number;
}

export const defaultTimes: RetryTimes = { firstMs: 1000, maxRetryAfterMs: 300_000, requestMs: 100_000 };
/** With waits of 1, 2, 4, 8, 16, 20, 20 seconds: something over a minute. */
export const maxRetries = 7;
/** Silence takes as long as a request may: it is not borne as often as a refusal. */
const maxTimeoutRetries = 2;

/** The code of a request that nobody answered in its time. */
export const REQUEST_TIMEOUT = "ETIMEDOUT";

/** Connections that broke, and answers cut short (`PARSE_ERROR`). */
const transient = new Set([
  "ECONNRESET",
  "ECONNREFUSED",
  "ECONNABORTED",
  REQUEST_TIMEOUT,
  "ESOCKETTIMEDOUT",
  "EPIPE",
  "EAI_AGAIN",
  "ENETUNREACH",
  "PARSE_ERROR",
  "REQUEST_SEND_ERROR",
]);
const overload = new Set([429, 503]);
const failing = new Set([408, 424, 500, 502, 504]);

/** Which failures are worth another try, and after how long; for the retry policy of @azure/core-rest-pipeline. */
export function retryStrategy(
  traits: (request: PipelineRequest) => RetryTraits | undefined,
  times: RetryTimes = defaultTimes,
): RetryStrategy {
  return {
    name: "graph",
    retry({ retryCount, response, responseError }: RetryInformation) {
      const request = response?.request ?? responseError?.request;
      const repeatable = request && traits(request as PipelineRequest);
      if (repeatable === undefined || repeatable.noRetry) return { skipStrategy: true };
      const status = response?.status ?? responseError?.statusCode;
      const asked = parseRetryAfterMs(response?.headers.get("retry-after"));
      if (asked !== undefined && asked > times.maxRetryAfterMs) return { skipStrategy: true };
      const again = { retryAfterInMs: asked ?? backoffMs(retryCount, times) };
      // A service that says it is too busy has not done the work, so that anything may be sent again.
      if (status !== undefined && overload.has(status)) return again;
      if (status === 404) return repeatable.eventuallyConsistent ? again : { skipStrategy: true };
      if (status === 409) return repeatable.callerHandlesConflict ? { skipStrategy: true } : again;
      if (!repeatable.idempotent) return { skipStrategy: true };
      if (status !== undefined && failing.has(status)) return again;
      if (responseError?.code === REQUEST_TIMEOUT && retryCount >= maxTimeoutRetries) return { skipStrategy: true };
      return hasTransientCode(responseError) ? again : { skipStrategy: true };
    },
  };
}

/** Whether a failure may pass by itself: an answer of `status` (0: there was none), or an error of this code. */
export function isTransient(status: number, code: string | undefined): boolean {
  if (status === 0) return code !== undefined && transient.has(code);
  return overload.has(status) || failing.has(status) || status === 409;
}

/** How long to wait before the try after `tries`, when the service asks for nothing. */
export function backoffMs(tries: number, times: RetryTimes): number {
  return Math.min(times.firstMs * 2 ** tries, times.firstMs * 20);
}

function hasTransientCode(error: RestError | undefined): boolean {
  return error?.code !== undefined && transient.has(error.code);
}

/** Retry-After: seconds, or a date. */
export function parseRetryAfterMs(header: string | undefined, now = Date.now()): number | undefined {
  if (header === undefined || header.trim() === "") return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
