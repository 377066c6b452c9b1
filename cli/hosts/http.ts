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

export interface ApiCall {
  method: "GET" | "POST" | "PATCH";
  /** Below the API's root, or a whole address of a further page. */
  path: string;
  body?: unknown;
  /** Completes "... refused to": `list the comments`. */
  operation: string;
  /** Default: application/json. */
  contentType?: string;
  /** Completes the sentence when the answer is 403 or 404: what the token has to be allowed. */
  requiredPermission: string;
}

export interface ApiAnswer {
  body: unknown;
  /** Address of the next page, from the `Link` header. */
  next?: string;
}

export interface ApiOptions {
  /** "GitHub", for messages. */
  name: string;
  /** Without a slash at the end. */
  root: string;
  headers: Readonly<Record<string, string>>;
  /** First wait before a repetition, in milliseconds; doubles each time. Default: a second. */
  firstDelayMs?: number;
  /** The longest wait that the service may ask for; more is an error at once. Default: five minutes. */
  maxDelayMs?: number;
}

const timeoutMs = 30_000;
const maxRetries = 5;
const failing = new Set([408, 500, 502, 503, 504]);

/** Calls of a code host's REST API, waiting when it says that there were too many. */
export class Api {
  readonly #pipeline = createEmptyPipeline();
  readonly #http = createDefaultHttpClient();

  constructor(private readonly options: ApiOptions) {
    const { firstDelayMs = 1000, maxDelayMs = 300_000 } = options;
    this.#pipeline.addPolicy(proxyPolicy());
    this.#pipeline.addPolicy(userAgentPolicy({ userAgentPrefix: "smallstep-ssh-azuread" }));
    this.#pipeline.addPolicy(retryPolicy([strategy(firstDelayMs, maxDelayMs)], { maxRetries }), { phase: "Retry" });
  }

  /** @throws CliError for whatever was not a success in the end */
  async request(call: ApiCall): Promise<ApiAnswer> {
    const { name, root, headers } = this.options;
    const url = /^https?:\/\//.test(call.path) ? call.path : root + call.path;
    // A further page's address comes from the service; the token goes nowhere else all the same.
    if (new URL(url).origin !== new URL(root).origin) {
      throw new CliError([
        `${name} redirected to the foreign origin ${new URL(url).origin} while trying to ${call.operation}.`,
      ]);
    }
    const request = createPipelineRequest({
      url,
      method: call.method satisfies HttpMethods,
      timeout: timeoutMs,
      // Runners of one's own reach servers of one's own, which need not have certificates of the public authorities.
      allowInsecureConnection: new URL(root).protocol === "http:",
      headers: createHttpHeaders({
        ...headers,
        ...(call.body === undefined ? {} : { "content-type": call.contentType ?? "application/json" }),
      }),
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    });
    const response = await this.#pipeline.sendRequest(this.#http, request).catch((error: unknown) => {
      const message = error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : String(error);
      const unsure = call.method === "POST" ? "; whether it was done is not known: run this again" : "";
      throw new CliError([
        `${name} gave no answer when asked to ${call.operation}: ${message.replace(/\.$/, "")}${unsure}.`,
      ]);
    });
    const { status, bodyAsText } = response;
    if (status < 200 || status >= 300) throw new CliError([refusalMessage(name, call, status, bodyAsText ?? "")]);
    // Azure DevOps answers a token that it does not know with its sign-in page.
    if (/^\s*</.test(bodyAsText ?? "")) {
      throw new CliError([
        `${name} answered with a page instead of data when asked to ${call.operation}: is the token right?`,
      ]);
    }
    const next = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get("link") ?? "")?.[1];
    return {
      body: bodyAsText ? (JSON.parse(bodyAsText) as unknown) : undefined,
      ...(next === undefined ? {} : { next }),
    };
  }

  /** The entries of all pages. */
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
  const said = errorMessageIn(text);
  const answer = `${status}${said === "" ? "" : `, ${said}`}`;
  switch (status) {
    case 401:
      return `${name} did not accept the token to ${call.operation} (${answer}).`;
    case 403:
    case 404:
      return `${name} refused to ${call.operation} (${answer}): ${call.requiredPermission}.`;
    case 429:
      return `${name} has had too many requests to ${call.operation} (${answer}): run this again later.`;
    default:
      return `${name} refused to ${call.operation} (${answer}).`;
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
 * GitHub says "too many" by 403 or 429, with `retry-after` or, when the hour's budget is used up, the time at which it is filled
 * again; a 403 with neither is a refusal. What is not idempotent is sent again only when the service has said that it did nothing.
 */
function strategy(firstDelayMs: number, maxDelayMs: number): RetryStrategy {
  return {
    name: "code host",
    retry({ retryCount, response, responseError }: RetryInformation) {
      const request = response?.request ?? responseError?.request;
      const status = response?.status;
      const own = Math.min(firstDelayMs * 2 ** retryCount, maxDelayMs);
      if (status === 403 || status === 429) {
        const asked = parseRetryAfterMs((name) => response?.headers.get(name));
        if (asked === undefined && status === 403) return { skipStrategy: true };
        const wait = asked ?? own;
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

/** How long the service asks to wait, in milliseconds. */
export function parseRetryAfterMs(header: (name: string) => string | undefined, now = Date.now()): number | undefined {
  const after = Number(header("retry-after") ?? NaN);
  if (Number.isFinite(after)) return Math.max(0, after * 1000);
  const reset = Number(header("x-ratelimit-reset") ?? NaN);
  if (header("x-ratelimit-remaining") === "0" && Number.isFinite(reset)) return Math.max(0, reset * 1000 - now);
  return undefined;
}
