import type { Fault, LoggedRequest } from "../../../sandbox/graph";

/**
 * One second of the world in the tests' milliseconds: waits, limits and stalls are all this much shorter, so that a stall of twenty
 * seconds meets a limit of a hundred as it does in use.
 */
export const second = 30;
/** As provider/graph/retry.ts has them by default. */
export const times = { firstMs: 1, maxRetryAfterMs: 300 * second, requestMs: 100 * second };

/** A way in which one request of an operation goes wrong. */
export interface Kind {
  name: string;
  fault(): Fault;
  /** How many requests it strikes, from the chosen one on. Default 1. */
  times?: number;
  /** Requests to which it can happen at all. Default: all. */
  fits?(request: LoggedRequest): boolean;
}

const graph = ({ path }: LoggedRequest): boolean => /^\/(v1\.0|beta)\//.test(path);
const hasAnswer = ({ method, path }: LoggedRequest): boolean => method === "GET" || path.endsWith("/token");

export const kinds: readonly Kind[] = [
  { name: "429, Retry-After in seconds", fault: () => ({ kind: "throttle", retryAfter: (2 * second) / 1000 }) },
  // A date has whole seconds, and the clock cannot be scaled: the next full second.
  { name: "429, Retry-After as a date", fault: () => ({ kind: "throttle", retryAfter: new Date(Date.now() + 999) }) },
  { name: "503", fault: () => ({ kind: "unavailable" }) },
  { name: "500", fault: () => ({ kind: "error", status: 500 }) },
  { name: "connection reset before it is processed", fault: () => ({ kind: "reset", when: "before" }) },
  { name: "connection reset after it was processed", fault: () => ({ kind: "reset", when: "after" }) },
  { name: "404 although it is there", fault: () => ({ kind: "notFound" }) },
  {
    name: "stale read",
    fault: () => ({ kind: "staleRead" }),
    fits: (request) => graph(request) && request.method === "GET",
  },
  { name: "409", fault: () => ({ kind: "error", status: 409, code: "Conflict" }) },
  { name: "truncated JSON", fault: () => ({ kind: "truncate" }), fits: hasAnswer },
  { name: "20 s of silence, then cut", fault: () => ({ kind: "stall", milliseconds: 20 * second }) },
  { name: "20 s until the answer", fault: () => ({ kind: "slow", milliseconds: 20 * second }) },
  { name: "expired token", fault: () => ({ kind: "expiredToken" }), fits: graph },
  {
    name: "start refused for a while",
    fault: () => ({ kind: "error", status: 400, code: "InvalidOperation", message: "It is still being saved." }),
    times: 4,
    fits: ({ path }) => path.endsWith("/start"),
  },
  { name: "503 from then on", fault: () => ({ kind: "unavailable" }), times: Infinity },
  { name: "500 from then on", fault: () => ({ kind: "error", status: 500 }), times: Infinity },
  {
    name: "404 from then on",
    fault: () => ({ kind: "notFound" }),
    times: Infinity,
    // For those it is the end that they want.
    fits: ({ method, path }) => method !== "DELETE" && !path.endsWith("/pause"),
  },
  { name: "409 from then on", fault: () => ({ kind: "error", status: 409, code: "Conflict" }), times: Infinity },
  { name: "every connection reset from then on", fault: () => ({ kind: "reset", when: "after" }), times: Infinity },
  { name: "silence from then on", fault: () => ({ kind: "stall" }), times: Infinity },
  { name: "every token refused from then on", fault: () => ({ kind: "expiredToken" }), times: Infinity, fits: graph },
];
