import type { PipelineRequest, RestError, RetryInformation, RetryStrategy } from "@azure/core-rest-pipeline";

/** Traits of a request that decide whether the client may repeat it. */
export interface RetryTraits {
  /** Repeating the request has no further effect, so a retry without a response is safe. */
  idempotent: boolean;
  /** The object may be new: retry a 404, which can be a replica that lags behind. */
  eventuallyConsistent: boolean;
  /** The caller handles a 409 itself, so it is not retried. */
  callerHandlesConflict: boolean;
  /** Never retry: the caller reads the current state before it sends another request. */
  noRetry: boolean;
}

/** Delays and limits in milliseconds. */
export interface RetryTimes {
  /** First delay. It doubles with each retry, up to 20 times this value. */
  firstMs: number;
  /** Longest accepted Retry-After. A longer one fails at once. */
  maxRetryAfterMs: number;
  /** Timeout of one request. Graph's slowest documented responses (a schema, a page of members) take seconds. */
  requestMs: number;
}

export const defaultTimes: RetryTimes = { firstMs: 1000, maxRetryAfterMs: 300_000, requestMs: 100_000 };
/** Number of retries. With delays of 1, 2, 4, 8, 16, 20 and 20 seconds, they take a little more than a minute. */
export const maxRetries = 7;
/** Number of retries after a timeout. It is lower than `maxRetries`, because each timeout takes `requestMs`. */
const maxTimeoutRetries = 2;

/** Error code of a request that timed out. */
export const REQUEST_TIMEOUT = "ETIMEDOUT";

/** Error codes of broken connections and incomplete responses (`PARSE_ERROR`). */
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

/**
 * Creates the strategy for the retry policy of @azure/core-rest-pipeline: which failures to retry, and after which
 * delay.
 */
export function retryStrategy(
  traits: (request: PipelineRequest) => RetryTraits | undefined,
  times: RetryTimes = defaultTimes,
): RetryStrategy {
  return {
    name: "graph",
    retry({ retryCount, response, responseError }: RetryInformation) {
      const request = response?.request ?? responseError?.request;
      const repeatable = request && traits(request);
      if (repeatable === undefined || repeatable.noRetry) return { skipStrategy: true };
      const status = response?.status ?? responseError?.statusCode;
      const retryAfterMs = parseRetryAfterMs(response?.headers.get("retry-after"));
      if (retryAfterMs !== undefined && retryAfterMs > times.maxRetryAfterMs) return { skipStrategy: true };
      const again = { retryAfterInMs: retryAfterMs ?? backoffMs(retryCount, times) };
      // A service that reports overload has not processed the request, so any request may be repeated.
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

/** Returns whether a failure may be temporary. `status` is 0 without a response; `code` then decides. */
export function isTransient(status: number, code: string | undefined): boolean {
  if (status === 0) return code !== undefined && transient.has(code);
  return overload.has(status) || failing.has(status) || status === 409;
}

/** Returns the delay in milliseconds after `tries` attempts if the service sent no Retry-After. */
export function backoffMs(tries: number, times: RetryTimes): number {
  return Math.min(times.firstMs * 2 ** tries, times.firstMs * 20);
}

function hasTransientCode(error: RestError | undefined): boolean {
  return error?.code !== undefined && transient.has(error.code);
}

/**
 * Parses Retry-After, which is seconds or a date, into milliseconds. Returns undefined for an absent or invalid header.
 */
export function parseRetryAfterMs(header: string | undefined, now = Date.now()): number | undefined {
  if (header === undefined || header.trim() === "") return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
