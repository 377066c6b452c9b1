import {
  createDefaultHttpClient,
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  isRestError,
  proxyPolicy,
  retryPolicy,
  userAgentPolicy,
  type HttpMethods,
  type RetryInformation,
  type RetryStrategy,
} from "@azure/core-rest-pipeline";
import { CliError } from "../common/errors";

/** A request to the API of a code host. */
export interface ApiCall {
  method: "GET" | "POST" | "PATCH";
  /** Path below the API's root, or the absolute URL of the next page. */
  path: string;
  body?: unknown;
  /** Completes "the request to ..." in messages: `list the comments`. */
  operation: string;
  /** Content type of the body. Default: application/json. */
  contentType?: string;
  /** The permission that the token needs, as a clause. It completes the message after a 403 or a 404. */
  requiredPermission: string;
}

/** A successful response, parsed as JSON. */
export interface ApiAnswer {
  body: unknown;
  /** URL of the next page, from the `Link` header. Absent: this is the last page. */
  next?: string;
}

/** Options of an API client. */
export interface ApiOptions {
  /** Name of the service in messages: "GitHub". */
  name: string;
  /** Root URL of the API, without a trailing slash. */
  root: string;
  headers: Readonly<Record<string, string>>;
  /** Delay before the first retry, in milliseconds. It doubles with each retry. Default: 1000. */
  firstDelayMs?: number;
  /** Maximum delay that the service may ask for, in milliseconds. A longer one fails at once. Default: 300,000 (five minutes). */
  maxDelayMs?: number;
}

const timeoutMs = 30_000;
const maxRetries = 5;
const failing = new Set([408, 500, 502, 503, 504]);

/** A client for the REST API of a code host. It retries transient failures and waits when the service limits the rate. */
export class Api {
  readonly #pipeline = createEmptyPipeline();
  readonly #http = createDefaultHttpClient();

  constructor(private readonly options: ApiOptions) {
    const { firstDelayMs = 1000, maxDelayMs = 300_000 } = options;
    this.#pipeline.addPolicy(proxyPolicy());
    this.#pipeline.addPolicy(userAgentPolicy({ userAgentPrefix: "smallstep-ssh-azuread" }));
    this.#pipeline.addPolicy(retryPolicy([strategy(firstDelayMs, maxDelayMs)], { maxRetries }), { phase: "Retry" });
  }

  /** Sends a request. @throws CliError if the final response is not a success */
  async request(call: ApiCall): Promise<ApiAnswer> {
    const { name, root, headers } = this.options;
    const url = /^https?:\/\//.test(call.path) ? call.path : root + call.path;
    // The URL of the next page comes from the service. The token must not go to another origin.
    if (new URL(url).origin !== new URL(root).origin) {
      throw new CliError([
        `${name} redirected to a foreign origin (${new URL(url).origin}) while trying to ${call.operation}.`,
      ]);
    }
    const request = createPipelineRequest({
      url,
      method: call.method satisfies HttpMethods,
      timeout: timeoutMs,
      // Self-hosted runners can use self-hosted servers over plain HTTP.
      allowInsecureConnection: new URL(root).protocol === "http:",
      headers: createHttpHeaders({
        ...headers,
        ...(call.body === undefined ? {} : { "content-type": call.contentType ?? "application/json" }),
      }),
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    });
    const response = await this.#pipeline.sendRequest(this.#http, request).catch((error: unknown) => {
      const message = error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : String(error);
      const unsure = call.method === "POST" ? "; the outcome is unknown: run the command again" : "";
      throw new CliError([
        `${name} did not respond to the request to ${call.operation}: ${message.replace(/\.$/, "")}${unsure}.`,
      ]);
    });
    const { status, bodyAsText } = response;
    if (status < 200 || status >= 300) throw new CliError([refusalMessage(name, call, status, bodyAsText ?? "")]);
    // Azure DevOps returns its sign-in page for an invalid token.
    if (/^\s*</.test(bodyAsText ?? "")) {
      throw new CliError([
        `${name} returned a web page instead of JSON for the request to ${call.operation}. Check that the token is valid.`,
      ]);
    }
    const next = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get("link") ?? "")?.[1];
    return {
      body: bodyAsText ? (JSON.parse(bodyAsText) as unknown) : undefined,
      ...(next === undefined ? {} : { next }),
    };
  }

  /** Yields the entries of all pages. */
  async *list(call: Omit<ApiCall, "method" | "body">): AsyncGenerator<unknown> {
    let path: string | undefined = call.path;
    while (path !== undefined) {
      const answer: ApiAnswer = await this.request({ ...call, path, method: "GET" });
      yield* answer.body as unknown[];
      path = answer.next;
    }
  }
}

function refusalMessage(name: string, call: ApiCall, status: number, text: string): string {
  const detail = errorMessageIn(text);
  const answer = `${status}${detail === "" ? "" : `, ${detail}`}`;
  switch (status) {
    case 401:
      return `${name} rejected the token in the request to ${call.operation} (${answer}). Check that the token is valid.`;
    case 403:
    case 404:
      return `${name} rejected the request to ${call.operation} (${answer}): ${call.requiredPermission}.`;
    case 429:
      return `${name} received too many requests to ${call.operation} (${answer}). Run the command again later.`;
    default:
      return `${name} returned an error for the request to ${call.operation} (${answer}).`;
  }
}

function errorMessageIn(text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return typeof message === "string" ? message.replace(/\s+/g, " ").replace(/\.$/, "").slice(0, 300) : "";
  } catch {
    return "";
  }
}

/**
 * The retry strategy. GitHub reports a rate limit with 403 or 429. The response has `retry-after`, or the time at which the hourly
 * quota resets. A 403 without either header is a missing permission. A POST is retried only after a rate limit, because then the
 * service has done nothing.
 */
function strategy(firstDelayMs: number, maxDelayMs: number): RetryStrategy {
  return {
    name: "code host",
    retry({ retryCount, response, responseError }: RetryInformation) {
      const request = response?.request ?? responseError?.request;
      const status = response?.status;
      const own = Math.min(firstDelayMs * 2 ** retryCount, maxDelayMs);
      if (status === 403 || status === 429) {
        const retryAfterMs = parseRetryAfterMs((name) => response?.headers.get(name));
        if (retryAfterMs === undefined && status === 403) return { skipStrategy: true };
        const wait = retryAfterMs ?? own;
        return wait > maxDelayMs ? { skipStrategy: true } : { retryAfterInMs: wait };
      }
      if (request?.method === "POST") return { skipStrategy: true };
      if (status !== undefined) return failing.has(status) ? { retryAfterInMs: own } : { skipStrategy: true };
      return responseError !== undefined && isRestError(responseError)
        ? { retryAfterInMs: own }
        : { skipStrategy: true };
    },
  };
}

/** Returns the delay that the service asks for, in milliseconds. Undefined: it asks for none. */
export function parseRetryAfterMs(header: (name: string) => string | undefined, now = Date.now()): number | undefined {
  const after = Number(header("retry-after") ?? NaN);
  if (Number.isFinite(after)) return Math.max(0, after * 1000);
  const reset = Number(header("x-ratelimit-reset") ?? NaN);
  if (header("x-ratelimit-remaining") === "0" && Number.isFinite(reset)) return Math.max(0, reset * 1000 - now);
  return undefined;
}
