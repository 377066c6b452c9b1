import type { Fault, LoggedRequest } from "entra-emulator";

/**
 * One simulated second, in milliseconds. Delays, limits and stalls are scaled by the same factor, so that a stall of 20
 * seconds still meets a limit of 100 seconds.
 */
export const second = 30;
/** The defaults of packages/usersync/clients/graph/retry.ts, scaled. */
export const times = { firstMs: 1, maxRetryAfterMs: 300 * second, requestMs: 100 * second };

export type Operation = "up" | "refresh" | "up after drift" | "destroy";

/** A kind of fault in one request of an operation. */
export interface Kind {
  name: string;
  /** Returns the fault for the request with this index in its operation. */
  fault(index: number): Fault;
  /** Number of requests that receive the fault, starting with the chosen one. Default: 1. */
  times?: number;
  /** Whether the fault can occur in the request of this operation. Default: always. */
  fits?(request: LoggedRequest, operation: Operation): boolean;
}

const graph = ({ path }: LoggedRequest): boolean => /^\/(v1\.0|beta)\//.test(path);
const hasAnswer = ({ method, path }: LoggedRequest): boolean => method === "GET" || path.endsWith("/token");

/** Answers 200 with this text to one request and to its retries. */
function answer(name: string, text: (body: string, url: URL, index: number) => string, times = 3): Kind {
  const fault = (index: number): Fault => ({ kind: "answer", text: (body, url) => text(body, url, index) });
  return { name: `200 with ${name}`, fault, times };
}

/** Replaces each member of an object, or of the entries of its list, with null. */
function withNulls(body: string): string {
  const nulls = (value: object) => Object.fromEntries(Object.keys(value).map((key) => [key, null]));
  const list = listIn(body);
  return JSON.stringify(list?.length ? { value: list.map(nulls) } : nulls(JSON.parse(body || "{}") as object));
}

function withItselfAsNext(body: string, url: URL): string {
  return JSON.stringify({ value: listIn(body), "@odata.nextLink": url.href });
}

function listIn(body: string): object[] | undefined {
  return (JSON.parse(body || "{}") as { value?: object[] }).value;
}

const unexpected = ["{}", "[]", '"ok"', '{"error":{"code":"Failed","message":"It failed."}}'];
const listed = /\/(members|groups|applications|servicePrincipals|appRoleAssignedTo|appRoleAssignments|jobs)$/;

export const kinds: readonly Kind[] = [
  { name: "429, Retry-After in seconds", fault: () => ({ kind: "throttle", retryAfter: (2 * second) / 1000 }) },
  // An HTTP date has whole seconds and the clock is not scaled, so this is the next full second.
  { name: "429, Retry-After as a date", fault: () => ({ kind: "throttle", retryAfter: new Date(Date.now() + 999) }) },
  { name: "503", fault: () => ({ kind: "unavailable" }) },
  { name: "500", fault: () => ({ kind: "error", status: 500 }) },
  { name: "connection reset before the request is processed", fault: () => ({ kind: "reset", when: "before" }) },
  { name: "connection reset after the request is processed", fault: () => ({ kind: "reset", when: "after" }) },
  { name: "404 for an existing object", fault: () => ({ kind: "notFound" }) },
  {
    name: "stale read",
    fault: () => ({ kind: "staleRead" }),
    fits: (request) => graph(request) && request.method === "GET",
  },
  { name: "409", fault: () => ({ kind: "error", status: 409, code: "Conflict" }) },
  { name: "truncated JSON", fault: () => ({ kind: "truncate" }), fits: hasAnswer },
  { name: "no response for 20 s, then a reset", fault: () => ({ kind: "stall", milliseconds: 20 * second }) },
  { name: "response after 20 s", fault: () => ({ kind: "slow", milliseconds: 20 * second }) },
  { name: "expired token", fault: () => ({ kind: "expiredToken" }), fits: graph },
  {
    name: "job start rejected temporarily",
    fault: () => ({ kind: "error", status: 400, code: "InvalidOperation", message: "It is still being saved." }),
    times: 4,
    fits: ({ path }) => path.endsWith("/start"),
  },
  answer("no body", () => ""),
  answer(
    "{}, [], a string or an error object",
    (_body, _url, index) => unexpected[index % unexpected.length] as string,
  ),
  answer("null in place of members", withNulls),
  answer("an HTML page", () => "<!DOCTYPE html><title>Sign in</title>", 8),
  {
    ...answer("a page that links to itself", withItselfAsNext, Infinity),
    fits: ({ method, path }) => method === "GET" && listed.test(path),
  },
  { name: "503 until the operation ends", fault: () => ({ kind: "unavailable" }), times: Infinity },
  { name: "500 until the operation ends", fault: () => ({ kind: "error", status: 500 }), times: Infinity },
  {
    name: "404 until the operation ends",
    fault: () => ({ kind: "notFound" }),
    times: Infinity,
    // A delete or a pause of a missing object has reached its goal. So has a destroy that finds no job.
    fits: ({ method, path }, operation) =>
      method !== "DELETE" && !path.endsWith("/pause") && !(operation === "destroy" && /\/jobs\/[^/]+$/.test(path)),
  },
  {
    name: "409 until the operation ends",
    fault: () => ({ kind: "error", status: 409, code: "Conflict" }),
    times: Infinity,
  },
  {
    name: "connection reset until the operation ends",
    fault: () => ({ kind: "reset", when: "after" }),
    times: Infinity,
  },
  { name: "no response until the operation ends", fault: () => ({ kind: "stall" }), times: Infinity },
  {
    name: "expired token until the operation ends",
    fault: () => ({ kind: "expiredToken" }),
    times: Infinity,
    fits: graph,
  },
];
