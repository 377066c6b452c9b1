import { setTimeout } from "node:timers/promises";

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

/** Traits of a request that decide whether the client may repeat it. */
export interface RetryTraits {
  /** Repeating the request has no further effect, so a retry without a response is safe. Default: true. */
  idempotent?: boolean | undefined;
  /** The object may be new: retry a 404, which can be a replica that lags behind. Default: false. */
  eventuallyConsistent?: boolean | undefined;
  /** The caller handles a 409 itself, so it is not retried. Default: false. */
  callerHandlesConflict?: boolean | undefined;
  /** Never retry: the caller reads the current state before it sends another request. Default: false. */
  noRetry?: boolean | undefined;
}

/** Failure of one request, as the retry policy needs it. */
export interface Failure {
  /** HTTP status; 0 without a usable response. `code` then decides. */
  readonly status: number;
  readonly code?: string | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** Codes of failures that are ours and not those of Node.js. */
export const failureCodes = {
  timeout: "ETIMEDOUT",
  /** The body is incomplete or not JSON. */
  incomplete: "PARSE_ERROR",
  /** The body is JSON, but not of the form that the caller needs. */
  invalidAnswer: "INVALID_ANSWER",
  tooLarge: "TOO_LARGE",
} as const;

/** Number of retries. With delays of 1, 2, 4, 8, 16, 20 and 20 seconds, they take a little more than a minute. */
export const maxRetries = 7;
/** Number of retries after failures that take long or are rarely temporary. */
const maxDoubtfulRetries = 2;

const doubtful = new Set<string>([failureCodes.timeout, failureCodes.invalidAnswer, "ENOTFOUND"]);
const broken = new Set<string>([
  ...["ECONNRESET", "ECONNREFUSED", "ECONNABORTED", "EPIPE", "EAI_AGAIN", "ENETUNREACH", "EHOSTUNREACH"],
  failureCodes.incomplete,
]);
const overload = new Set([429, 503]);
const failing = new Set([408, 424, 500, 502, 504]);

/** Returns whether a failure may be temporary. */
export function isTransient({ status, code = "" }: Failure): boolean {
  if (status === 0) return broken.has(code) || doubtful.has(code);
  return overload.has(status) || failing.has(status) || status === 409;
}

/** Returns the delay in milliseconds before a request is repeated; `undefined` if it must not be repeated. */
export function retryDelayMs(
  failure: Failure,
  tries: number,
  times: RetryTimes,
  traits: RetryTraits = {},
  retries = maxRetries,
): number | undefined {
  const { status, code = "", retryAfterMs } = failure;
  if (traits.noRetry === true || tries >= (doubtful.has(code) ? Math.min(retries, maxDoubtfulRetries) : retries)) {
    return undefined;
  }
  // A service that reports overload has not processed the request, so any request may be repeated.
  const repeatable =
    overload.has(status) ||
    (status === 404 && traits.eventuallyConsistent === true) ||
    (status === 409 && traits.callerHandlesConflict !== true) ||
    (traits.idempotent !== false && status !== 409 && isTransient(failure));
  if (!repeatable) return undefined;
  if (retryAfterMs === undefined) return Math.min(times.firstMs * 2 ** tries, times.firstMs * 20);
  return retryAfterMs > times.maxRetryAfterMs ? undefined : Math.max(retryAfterMs, times.firstMs);
}

export interface RetryPolicy {
  times: RetryTimes;
  traits?: RetryTraits | undefined;
  retries?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** Repeats a call while its error is a failure that may be temporary. */
export async function withRetry<T>(
  call: () => Promise<T>,
  { times, traits, retries, signal }: RetryPolicy,
): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await call();
    } catch (error) {
      const isFinal = signal?.aborted === true || !isFailure(error);
      const wait = isFinal ? undefined : retryDelayMs(error, tries, times, traits, retries);
      if (wait === undefined) throw error;
      await setTimeout(wait, undefined, { signal });
    }
  }
}

function isFailure(error: unknown): error is Error & Failure {
  return error instanceof Error && "status" in error && typeof error.status === "number";
}

/**
 * Parses Retry-After, which is seconds or a date, into milliseconds. Returns undefined for an absent or invalid header
 * and for a date in the past: the client then uses its own delay.
 */
export function parseRetryAfterMs(header: string | undefined, now = Date.now()): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const wait = /^[A-Za-z]/.test(text) ? Date.parse(text) - now : NaN;
  return wait > 0 ? wait : undefined;
}
