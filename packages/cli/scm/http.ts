import * as z from "zod";
import {
  checkShape,
  defaultTimes,
  exchange,
  HttpError,
  parseJson,
  parseRetryAfterMs,
  readPages,
  shorten,
  withRetry,
  type HttpResponse,
  type RetryTimes,
  type Shape,
} from "@smallstep-ssh/usersync/clients";
import { printableText } from "@smallstep-ssh/usersync/output";
import { CliError } from "../common/errors";

/** A request to the API of a code host. */
export interface ApiCall {
  method?: "GET" | "POST" | "PATCH" | undefined;
  /** Path below the API's root, or the absolute URL of the next page. */
  path: string;
  body?: unknown;
  /** Completes "the request to ..." in messages: `list the comments`. */
  operation: string;
  /** Content type of the body. Default: application/json. */
  contentType?: string | undefined;
  /** The permission that the token needs, as a clause. It completes the message after a 403 or a 404. */
  requiredPermission: string;
}

/** Options of an API client. */
export interface ApiOptions {
  /** Name of the service in messages: "GitHub". */
  name: string;
  /** Root URL of the API, without a trailing slash. */
  root: string;
  headers: Readonly<Record<string, string>>;
  times?: RetryTimes | undefined;
}

/** A client for the REST API of a code host. It retries transient failures and waits when the service limits the rate. */
export class Api {
  constructor(private readonly options: ApiOptions) {}

  /** Sends a request. @throws CliError if the final response is not a success or has another form */
  async request<T>(call: ApiCall, shape: Shape<T>): Promise<T> {
    return (await this.#send(call, shape)).body;
  }

  /** Yields the entries of all pages. */
  async *list<T>(call: ApiCall, entry: Shape<T>): AsyncGenerator<T> {
    const read = async (path: string) => {
      const { body, next } = await this.#send({ ...call, path }, z.array(entry));
      return { entries: body, next };
    };
    const fail = (problem: string) => this.#error(call, problem);
    for await (const page of readPages(call.path, read, fail, 1000)) yield* page;
  }

  async #send<T>(call: ApiCall, shape: Shape<T>): Promise<{ body: T; next: string | undefined }> {
    const { name, root, headers, times = { ...defaultTimes, requestMs: 30_000 } } = this.options;
    const { method, contentType = "application/json" } = call;
    const url = call.path.startsWith("/") ? root + call.path : call.path;
    // The URL of the next page comes from the service. The token must not go to another origin.
    const origin = URL.canParse(url) ? new URL(url).origin : url.slice(0, 100);
    if (origin !== new URL(root).origin) throw this.#error(call, `redirected to a foreign origin (${origin})`);
    const body = call.body === undefined ? undefined : JSON.stringify(call.body, printableString);
    const request = {
      url,
      method,
      body,
      headers: {
        "user-agent": "smallstep-ssh-azuread",
        ...headers,
        ...(body === undefined ? {} : { "content-type": contentType }),
      },
      timeoutMs: times.requestMs,
      // Self-hosted runners can use self-hosted servers over plain HTTP.
      allowInsecure: root.startsWith("http:"),
    };
    const attempt = () =>
      exchange(request, shape).catch((error: unknown) => {
        throw error instanceof HttpError ? withRateLimit(error) : error;
      });
    // A POST is retried only after a rate limit, because then the service has done nothing.
    const traits = { idempotent: method !== "POST", callerHandlesConflict: true };
    const answer = await withRetry(attempt, { times, traits }).catch((error: unknown) => {
      throw error instanceof HttpError ? new CliError([problemOf(name, call, error)]) : error;
    });
    return { body: answer.body, next: /<([^>]+)>;\s*rel="next"/.exec(answer.headers["link"] ?? "")?.[1] };
  }

  #error({ operation }: ApiCall, problem: string): CliError {
    return new CliError([`${this.options.name} ${problem} while trying to ${operation}.`]);
  }
}

/** Text of a comment or an issue also leaves the process. */
function printableString(_name: string, value: unknown): unknown {
  return typeof value === "string" ? printableText(value) : value;
}

const errorBody = z.object({ message: z.string() });

/** Returns an error with status 429 for any form of rate limit. */
function withRateLimit(error: HttpError): HttpError {
  const { status, response, message, reason } = error;
  const retryAfterMs = response && rateLimitMs(response.headers);
  if (response === undefined || retryAfterMs === undefined || (status !== 403 && status !== 429)) return error;
  return new HttpError(message, reason, 429, { retryAfterMs, response });
}

function problemOf(name: string, call: ApiCall, { status, response, detail }: HttpError): string {
  const request = `the request to ${call.operation}`;
  if (response === undefined) {
    const unsure = call.method === "POST" ? "; the outcome is unknown: run the command again" : "";
    return `${name} did not respond to ${request}: ${detail.replace(/\.$/, "")}${unsure}.`;
  }
  if (status === 0) {
    // Azure DevOps returns its sign-in page for an invalid token.
    return /^\s*</.test(response.text)
      ? `${name} returned a web page instead of JSON for ${request}. Check that the token is valid.`
      : `${name} returned an unexpected answer to ${request}: ${detail}.`;
  }
  const message = status < 400 ? detail : errorMessageIn(response.text);
  const answer = `${response.status}${message === "" ? "" : `, ${message}`}`;
  switch (status) {
    case 401:
      return `${name} rejected the token in ${request} (${answer}). Check that the token is valid.`;
    case 403:
    case 404:
      return `${name} rejected ${request} (${answer}): ${call.requiredPermission}.`;
    case 429:
      return `${name} received too many requests to ${call.operation} (${answer}). Run the command again later.`;
    default:
      return `${name} returned an error for ${request} (${answer}).`;
  }
}

function errorMessageIn(text: string): string {
  try {
    const { message } = checkShape(errorBody, parseJson(text));
    return shorten(message, 300);
  } catch {
    return "";
  }
}

/**
 * Returns the delay that the service asks for. GitHub reports a rate limit with 403 or 429, and with `retry-after` or the
 * time at which the hourly quota resets. A 403 without either is a missing permission.
 */
export function rateLimitMs(headers: HttpResponse["headers"], now = Date.now()): number | undefined {
  if (headers["retry-after"] !== undefined) return parseRetryAfterMs(headers["retry-after"], now) ?? 0;
  if (headers["x-ratelimit-remaining"] !== "0") return undefined;
  const wait = Number(headers["x-ratelimit-reset"]) * 1000 - now;
  return wait > 0 ? wait : 0;
}
