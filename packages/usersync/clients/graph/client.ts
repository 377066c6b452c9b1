import { randomUUID } from "node:crypto";
import * as z from "zod/mini";
import { HttpError, describeStatus, readAnswer, send, type HttpResponse } from "../http";
import { printJson, type Shape } from "../json";
import { parseRetryAfterMs, retryDelayMs, withRetry, type RetryTimes, type RetryTraits } from "../retry";
import type { Cloud } from "./cloud";
import { GraphError, errorMessage, readErrorBody, shorten } from "./errors";
import { type TokenClaims, decodeToken } from "./token";

/** One call of Microsoft Graph. POST is not idempotent by default. */
export interface GraphRequest extends RetryTraits {
  method: "GET" | "PUT" | "POST" | "PATCH" | "DELETE";
  /**
   * Path below the version with encoded ids, such as `/servicePrincipals/{id}/synchronization/jobs`, or a complete
   * nextLink.
   */
  path: string;
  body?: unknown;
  /** Preserve the spelling of numbers, because the body is sent back later. Default: false. */
  preserveNumbers?: boolean | undefined;
  /** Verb phrase that completes "Graph rejected the request to ...": `read the synchronization schema`. */
  operation: string;
  /** Application permission that the call needs. The error for a 403 names it. */
  permission: string;
  signal?: AbortSignal | undefined;
}

/** Source of access tokens. */
export interface TokenSource {
  /** Returns a token. @param rejected token that the service rejected, to get a new one */
  token(rejected?: string): Promise<string>;
}

export interface GraphClientOptions {
  times: RetryTimes;
  /** See `OpenOptions`. */
  trust?: string | undefined;
  userAgent?: string | undefined;
}

/** Client for Microsoft Graph v1.0 that waits and retries as Graph's documentation requires. */
export class GraphClient {
  /** Root URL of Graph, without version and trailing slash. */
  readonly endpoint: string;

  constructor(
    cloud: Cloud,
    private readonly tokens: TokenSource,
    private readonly options: GraphClientOptions,
  ) {
    this.endpoint = cloud.graphEndpoint;
  }

  /**
   * Returns the claims of the current access token; `undefined` if the token is not readable.
   * @throws GraphError without a token
   */
  async claims(): Promise<TokenClaims | undefined> {
    return decodeToken(await this.#token("sign in"));
  }

  /**
   * Sends a request and returns the JSON of the response; `undefined` if the body is empty.
   * @param shape form of the response that the caller needs. Default: any
   * @throws GraphError if the request fails after all retries; AbortError if the signal is aborted.
   */
  request(call: GraphRequest): Promise<unknown>;
  request<T>(call: GraphRequest, shape: Shape<T>): Promise<T>;
  request(call: GraphRequest, shape: Shape<unknown> = z.unknown()): Promise<unknown> {
    const { operation } = call;
    const url = call.path.startsWith("/") ? `${this.endpoint}/v1.0${call.path}` : call.path;
    // The service supplies nextLink. Never send the token to another origin.
    const origin = URL.canParse(url) ? new URL(url).origin : JSON.stringify(shorten(url));
    if (origin !== new URL(this.endpoint).origin) {
      const message = `Microsoft Graph redirected to the foreign origin ${origin} while trying to ${operation}.`;
      return Promise.reject(new GraphError(message, 0));
    }
    const requestId = randomUUID();
    const attempt = async () => {
      let token = await this.#token(operation);
      let response = await this.#send(call, url, token, requestId);
      // A request whose token the service rejects has had no effect.
      if (response.status === 401) {
        token = await this.#token(operation, token);
        response = await this.#send(call, url, token, requestId);
      }
      const { status, text } = response;
      if (status >= 200 && status < 300) {
        const fail = (problem: string, code: string) =>
          new GraphError(
            `Microsoft Graph returned an unexpected answer to the request to ${operation}: ${problem}.`,
            0,
            code,
          );
        return readAnswer(text, shape, fail, call.preserveNumbers);
      }
      const body = readErrorBody(text);
      const answer = status >= 300 && status < 400 ? describeStatus(response) : String(status);
      throw new GraphError(
        errorMessage(operation, status, answer, body, call.permission),
        status,
        body.code ?? undefined,
        call.permission,
        parseRetryAfterMs(response.headers["retry-after"]),
      );
    };
    const traits = { ...call, idempotent: call.idempotent ?? call.method !== "POST" };
    return withRetry(attempt, (error, tries) => this.retryDelayMs(error, tries, traits), call.signal);
  }

  /**
   * Returns the delay in milliseconds before a request is repeated, also by a caller that reads the state again before it
   * repeats a `noRetry` request. `undefined` if the failure is permanent or the retries are used up.
   */
  retryDelayMs(error: unknown, tries: number, traits?: RetryTraits): number | undefined {
    return error instanceof GraphError ? retryDelayMs(error, tries, this.options.times, traits) : undefined;
  }

  async #send(call: GraphRequest, url: string, token: string, requestId: string): Promise<HttpResponse> {
    const { times, trust, userAgent = "smallstep-ssh-azuread" } = this.options;
    const { method, signal, operation } = call;
    const body = call.body === undefined ? undefined : printJson(call.body);
    const headers = {
      authorization: `Bearer ${token}`,
      "user-agent": userAgent,
      "client-request-id": requestId,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    };
    try {
      return await send({ url, method, headers, body, signal, rootCert: trust, timeoutMs: times.requestMs });
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      const reason = shorten(error.cause instanceof Error ? error.cause.message : error.reason);
      const message = `Microsoft Graph did not respond to the request to ${operation}: ${reason}.`;
      throw new GraphError(message, 0, error.code);
    }
  }

  async #token(operation: string, rejected?: string): Promise<string> {
    try {
      return await this.tokens.token(rejected);
    } catch (error) {
      const reason = shorten((error instanceof Error ? error.message : String(error)).split(/\r?\n/, 1)[0] ?? "");
      throw new GraphError(`Entra ID issued no token to ${operation}: ${reason}.`, 401, "credentials");
    }
  }
}
