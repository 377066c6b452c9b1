import type { TokenCredential } from "@azure/core-auth";
import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  decompressResponsePolicy,
  isRestError,
  proxyPolicy,
  setClientRequestIdPolicy,
  tlsPolicy,
  userAgentPolicy,
  type HttpMethods,
  type Pipeline,
  type PipelinePolicy,
  type PipelineRequest,
  type TlsSettings,
} from "@azure/core-rest-pipeline";

import type { Cloud } from "./cloud";
import { GraphError, errorMessage, readErrorBody } from "./errors";
import { parseJson, printJson } from "./json";
import { graphRetryPolicy, completeResponsePolicy } from "./retryPolicies";
import { RefreshableCredential } from "./refreshableCredential";
import { type RetryTraits, type RetryTimes, parseRetryAfterMs, maxRetries, isTransient, backoffMs } from "./retry";
import { type TokenClaims, decodeToken } from "./token";

/** One call of Microsoft Graph. */
export interface GraphRequest {
  method: "GET" | "PUT" | "POST" | "PATCH" | "DELETE";
  /**
   * Path below the version with encoded ids, such as `/servicePrincipals/{id}/synchronization/jobs`, or a complete
   * nextLink.
   */
  path: string;
  body?: unknown;
  /** Preserve the spelling of numbers, because the body is sent back later. Default: false. */
  preserveNumbers?: boolean;
  /** Verb phrase that completes "Graph rejected the request to ...": `read the synchronization schema`. */
  operation: string;
  /** Application permission that the call needs. The error for a 403 names it. */
  permission: string;
  signal?: AbortSignal;
  /** See {@link RetryTraits}. Default: true, except for POST. */
  idempotent?: boolean;
  /** See {@link RetryTraits}. Default: false. */
  eventuallyConsistent?: boolean;
  /** See {@link RetryTraits}. Default: false. */
  callerHandlesConflict?: boolean;
  /** See {@link RetryTraits} and {@link GraphClient.retryDelayMs}. Default: false. */
  noRetry?: boolean;
}

/** Client for Microsoft Graph v1.0 that waits and retries as Graph's documentation requires. */
export class GraphClient {
  /** Root URL of Graph, without version and trailing slash. */
  readonly endpoint: string;
  readonly #base: string;
  readonly #scope: string;
  readonly #pipeline: Pipeline;
  readonly #times: RetryTimes;
  readonly #http = createDefaultHttpClient();
  readonly #traits = new WeakMap<PipelineRequest, RetryTraits>();

  constructor(
    cloud: Cloud,
    readonly credential: TokenCredential,
    options: { times: RetryTimes; tlsSettings?: TlsSettings; userAgent?: string },
  ) {
    this.endpoint = cloud.graphEndpoint;
    this.#base = `${cloud.graphEndpoint}/v1.0`;
    this.#scope = `${cloud.graphEndpoint}/.default`;
    this.#times = options.times;
    this.#pipeline = createEmptyPipeline();
    this.#pipeline.addPolicy(proxyPolicy());
    if (options.tlsSettings) this.#pipeline.addPolicy(tlsPolicy(options.tlsSettings));
    this.#pipeline.addPolicy(decompressResponsePolicy());
    this.#pipeline.addPolicy(userAgentPolicy({ userAgentPrefix: options.userAgent ?? "smallstep-ssh-azuread" }));
    this.#pipeline.addPolicy(setClientRequestIdPolicy("client-request-id"));
    this.#pipeline.addPolicy(
      graphRetryPolicy((request) => this.#traits.get(request), options.times),
      { phase: "Retry" },
    );
    this.#pipeline.addPolicy(completeResponsePolicy(options.times), { afterPhase: "Retry" });
    this.#pipeline.addPolicy(bearerTokenPolicy(credential, this.#scope), { phase: "Sign" });
  }

  /**
   * Returns the claims of the current access token; `undefined` if the token is not readable.
   * @throws GraphError without a token
   */
  async claims(signal?: AbortSignal): Promise<TokenClaims | undefined> {
    try {
      // Use the same option as bearerTokenPolicy: the libraries cache tokens with and without CAE separately and would
      // sign in twice.
      const how = { enableCae: true, ...(signal ? { abortSignal: signal } : {}) };
      const token = await this.credential.getToken(this.#scope, how);
      return token === null ? undefined : decodeToken(token.token);
    } catch (error) {
      throw this.#translate(error, "sign in", signal);
    }
  }

  /**
   * Sends a request and returns the JSON of the response; `undefined` if the body is empty.
   * @throws GraphError if the request fails after all retries; AbortError if the signal is aborted.
   */
  async request(call: GraphRequest): Promise<unknown> {
    const url = call.path.startsWith("https://") ? call.path : this.#base + call.path;
    // The service supplies nextLink. Never send the token to another origin.
    if (new URL(url).origin !== new URL(this.#base).origin) {
      throw new GraphError(
        `Microsoft Graph redirected to the foreign origin ${new URL(url).origin} while trying to ${call.operation}.`,
        0,
      );
    }
    const request = createPipelineRequest({
      url,
      method: call.method satisfies HttpMethods,
      headers: createHttpHeaders({
        accept: "application/json",
        ...(call.body === undefined ? {} : { "content-type": "application/json" }),
      }),
      ...(call.body === undefined ? {} : { body: printJson(call.body) }),
      ...(call.signal ? { abortSignal: call.signal } : {}),
    });
    this.#traits.set(request, {
      idempotent: call.idempotent ?? call.method !== "POST",
      eventuallyConsistent: call.eventuallyConsistent ?? false,
      callerHandlesConflict: call.callerHandlesConflict ?? false,
      noRetry: call.noRetry ?? false,
    });
    call.signal?.throwIfAborted();
    const response = await this.#pipeline.sendRequest(this.#http, request).catch((error: unknown) => {
      throw this.#translate(error, call.operation, call.signal);
    });
    if (response.status >= 200 && response.status < 300) {
      if (!response.bodyAsText) return undefined;
      return call.preserveNumbers === true
        ? parseJson(response.bodyAsText)
        : (JSON.parse(response.bodyAsText) as unknown);
    }
    const body = readErrorBody(response.bodyAsText);
    const retryAfterMs = parseRetryAfterMs(response.headers.get("retry-after"));
    throw new GraphError(
      errorMessage(call.operation, response.status, body, call.permission),
      response.status,
      body.code,
      call.permission,
      retryAfterMs === undefined ? undefined : retryAfterMs / 1000,
    );
  }

  /**
   * Returns the delay in milliseconds before the caller reads the state again and repeats a `noRetry` request.
   * `undefined` if the failure is permanent or the retries are used up.
   */
  retryDelayMs(error: unknown, tries: number): number | undefined {
    if (!(error instanceof GraphError) || tries >= maxRetries || !isTransient(error.status, error.code))
      return undefined;
    if (error.retryAfter === undefined) return backoffMs(tries, this.#times);
    const retryAfterMs = error.retryAfter * 1000;
    return retryAfterMs > this.#times.maxRetryAfterMs ? undefined : retryAfterMs;
  }

  #translate(error: unknown, operation: string, signal: AbortSignal | undefined): unknown {
    if (signal?.aborted === true) return error;
    const message = error instanceof Error ? error.message : String(error);
    const firstLine = (message.split(/\r?\n/, 1)[0] ?? "").replace(/\.$/, "");
    if (isRestError(error)) {
      return new GraphError(
        `Microsoft Graph did not respond to the request to ${operation}: ${firstLine}.`,
        0,
        error.code,
      );
    }
    if (
      error instanceof Error &&
      /^(AuthenticationError|CredentialUnavailableError|AuthenticationRequiredError)/.test(error.name)
    ) {
      return new GraphError(`Entra ID issued no token to ${operation}: ${firstLine}.`, 401, "credentials");
    }
    return error;
  }
}

/**
 * Adds the token to each request. Repeats a request with a new token if the service rejects the token; such a request
 * has had no effect.
 */
function bearerTokenPolicy(credential: TokenCredential, scopes: string): PipelinePolicy {
  return bearerTokenAuthenticationPolicy({
    credential,
    scopes,
    challengeCallbacks: {
      async authorizeRequestOnChallenge({ getAccessToken, request, scopes }) {
        if (!(credential instanceof RefreshableCredential)) return false;
        const { abortSignal } = request;
        const token = await getAccessToken(scopes, {
          ...RefreshableCredential.forceRefresh,
          ...(abortSignal ? { abortSignal } : {}),
        });
        if (token === null) return false;
        request.headers.set("Authorization", `Bearer ${token.token}`);
        return true;
      },
    },
  });
}
