import type { TokenCredential } from "@azure/core-auth";
import type { HttpMethods, Pipeline, PipelinePolicy, PipelineRequest, TlsSettings } from "@azure/core-rest-pipeline";
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
} from "@azure/core-rest-pipeline";

import type { Cloud } from "./cloud";
import { GraphError, errorMessage, readErrorBody } from "./errors";
import { parseJson, printJson } from "./json";
import { graphRetryPolicy, completeResponsePolicy } from "./patience";
import { RefreshableCredential } from "./renewable";
import type { RetryTraits, RetryTimes } from "./retry";
import { parseRetryAfterMs, maxRetries, isTransient, backoffMs } from "./retry";
import type { TokenClaims } from "./token";
import { decodeToken } from "./token";

export interface GraphRequest {
  method: "GET" | "PUT" | "POST" | "PATCH" | "DELETE";
  /** Below the version, ids already encoded: `/servicePrincipals/{id}/synchronization/jobs`. Or a whole nextLink. */
  path: string;
  body?: unknown;
  /** Keep numbers as they are written: what is read is to be sent back. Default false. */
  preserveNumbers?: boolean;
  /** Completes "Graph refused to ...": `read the synchronization schema`. */
  operation: string;
  /** Application permission that allows the call; named when Graph answers 403. */
  permission: string;
  signal?: AbortSignal;
  /** Default: true for all but POST. */
  idempotent?: boolean;
  /** Default false. */
  eventuallyConsistent?: boolean;
  /** Default false. */
  callerHandlesConflict?: boolean;
  /** Default false. See {@link GraphClient.retryDelayMs}. */
  noRetry?: boolean;
}

/** Calls of Microsoft Graph v1.0, with the waiting and repeating that its documentation asks of clients. */
export class GraphClient {
  /** Root of Graph, without a version and without a slash at the end. */
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

  /** What the token in use says about its holder's permissions; `undefined` when it cannot be read. */
  async claims(signal?: AbortSignal): Promise<TokenClaims | undefined> {
    try {
      // As the policy asks that signs requests: the libraries keep tokens with and without this apart, and would sign in twice.
      const how = { enableCae: true, ...(signal ? { abortSignal: signal } : {}) };
      const token = await this.credential.getToken(this.#scope, how);
      return token === null ? undefined : decodeToken(token.token);
    } catch (error) {
      throw this.#translate(error, "sign in", signal);
    }
  }

  /**
   * The answer's JSON, `undefined` when it has none.
   * @throws GraphError for whatever was not a success in the end; AbortError when the signal says so.
   */
  async request(call: GraphRequest): Promise<unknown> {
    const url = call.path.startsWith("https://") ? call.path : this.#base + call.path;
    // A page's nextLink comes from the service; the token goes nowhere else all the same.
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
    const asked = parseRetryAfterMs(response.headers.get("retry-after"));
    throw new GraphError(
      errorMessage(call.operation, response.status, body, call.permission),
      response.status,
      body.code,
      call.permission,
      asked === undefined ? undefined : asked / 1000,
    );
  }

  /**
   * For requests that are sent `once`: how long to wait, in milliseconds, until it is worth looking again and trying again after this
   * failure. `undefined`: it will not pass, or has been borne often enough.
   */
  retryDelayMs(error: unknown, tries: number): number | undefined {
    if (!(error instanceof GraphError) || tries >= maxRetries || !isTransient(error.status, error.code))
      return undefined;
    if (error.retryAfter === undefined) return backoffMs(tries, this.#times);
    const asked = error.retryAfter * 1000;
    return asked > this.#times.maxRetryAfterMs ? undefined : asked;
  }

  #translate(error: unknown, operation: string, signal: AbortSignal | undefined): unknown {
    if (signal?.aborted === true) return error;
    const message = error instanceof Error ? error.message : String(error);
    const firstLine = (message.split(/\r?\n/, 1)[0] ?? "").replace(/\.$/, "");
    if (isRestError(error)) {
      return new GraphError(`Microsoft Graph gave no answer when asked to ${operation}: ${firstLine}.`, 0, error.code);
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

/** Each request with a token; with a new one where the service says that it is over. A request that is refused so has done nothing. */
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
