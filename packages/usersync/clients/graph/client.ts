import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { peopleWriter, type PeopleWriter } from "entra-mappings";
import * as z from "zod/mini";
import { HttpError, exchange } from "../http";
import { printJson, shorten, type Shape } from "../json";
import { retryDelayMs, withRetry, type RetryTimes, type RetryTraits } from "../retry";
import type { Cloud } from "./cloud";
import { GraphError, errorMessage, readErrorBody } from "./errors";
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
  /** See `OpenOptions`. */
  people?: PeopleWriter | undefined;
}

/** Client for Microsoft Graph v1.0 that waits and retries as Graph's documentation requires. */
export class GraphClient {
  /** Root URL of Graph, without version and trailing slash. */
  readonly endpoint: string;
  /** Writes people into results and errors. */
  readonly people: PeopleWriter;

  constructor(
    cloud: Cloud,
    private readonly tokens: TokenSource,
    private readonly options: GraphClientOptions,
  ) {
    this.endpoint = cloud.graphEndpoint;
    this.people = options.people ?? peopleWriter();
  }

  /**
   * Returns the claims of the current access token; `undefined` if the token is not readable.
   * @throws GraphError without a token
   */
  async claims(signal?: AbortSignal): Promise<TokenClaims | undefined> {
    return decodeToken(await this.#token(signal));
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
    const { times, trust, userAgent = "smallstep-ssh-azuread" } = this.options;
    const { method, signal, preserveNumbers } = call;
    const body = call.body === undefined ? undefined : printJson(call.body);
    const headers = {
      "user-agent": userAgent,
      "client-request-id": randomUUID(),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    };
    const sendWith = async (token: string) => {
      const authorized = { ...headers, authorization: `Bearer ${token}` };
      const request = { url, method, headers: authorized, body, signal, rootCert: trust, timeoutMs: times.requestMs };
      return (await exchange(request, shape, preserveNumbers)).body;
    };
    const attempt = async () => {
      const token = await this.#token(signal);
      return sendWith(token).catch(async (error: unknown) => {
        // A request whose token the service rejects has had no effect.
        if (!(error instanceof HttpError) || error.status !== 401) throw error;
        return sendWith(await this.#token(signal, token));
      });
    };
    const traits = { ...call, idempotent: call.idempotent ?? method !== "POST" };
    return withRetry(attempt, { times, traits, signal }).catch((error: unknown) => {
      throw error instanceof HttpError ? graphError(call, error, this.people) : error;
    });
  }

  /**
   * Returns the delay in milliseconds before a request is repeated, also by a caller that reads the state again before it
   * repeats a `noRetry` request. `undefined` if the failure is permanent or the retries are used up.
   */
  retryDelayMs(error: unknown, tries: number, traits?: RetryTraits): number | undefined {
    return error instanceof GraphError ? retryDelayMs(error, tries, this.options.times, traits) : undefined;
  }

  async #token(signal: AbortSignal | undefined, rejected?: string): Promise<string> {
    signal?.throwIfAborted();
    const done = new AbortController();
    // Requests share a sign-in, so an aborted one must not end it.
    const aborted = signal && once(signal, "abort", { signal: done.signal }).then(() => signal.throwIfAborted());
    try {
      const token = await Promise.race([this.tokens.token(rejected), ...(aborted ? [aborted] : [])]);
      return token ?? "";
    } catch (error) {
      if (signal?.aborted === true) throw error;
      const reason = shorten((error instanceof Error ? error.message : String(error)).split(/\r?\n/, 1)[0] ?? "");
      // Without the operation, so that all requests report the same text.
      throw new GraphError(`Entra ID issued no token: ${reason}.`, 401, "credentials");
    } finally {
      done.abort();
    }
  }
}

function graphError({ operation, permission }: GraphRequest, error: HttpError, people: PeopleWriter): GraphError {
  const { status, code, response, retryAfterMs } = error;
  if (status === 0) {
    const words = response === undefined ? "did not respond" : "returned an unexpected answer";
    return new GraphError(
      `Microsoft Graph ${words} to the request to ${operation}: ${shorten(error.detail)}.`,
      0,
      code,
    );
  }
  const { code: reason, message: text } = readErrorBody(response?.text ?? "");
  const body = { code: reason, message: people.quote(text ?? "", "") };
  const answer = status < 400 ? error.reason : String(status);
  const message = errorMessage(operation, status, answer, body, permission);
  return new GraphError(message, status, body.code ?? undefined, permission, retryAfterMs);
}
