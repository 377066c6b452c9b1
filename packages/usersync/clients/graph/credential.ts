import { readFile } from "node:fs/promises";

import type { AccessToken, TokenCredential } from "@azure/core-auth";
import { createHttpHeaders, type HttpClient } from "@azure/core-rest-pipeline";
import {
  AzureCliCredential,
  ClientAssertionCredential,
  ClientSecretCredential,
  ManagedIdentityCredential,
} from "@azure/identity";
import * as z from "zod/mini";

import { InputErrors } from "../../host/types";
import { registerSecret } from "../../output";
import { HttpError, describeStatus, getJson, send, type HttpResponse } from "../http";
import { checkShape, parseJson } from "../json";
import { failureCodes, isTransient, maxRetries, parseRetryAfterMs, withRetry, type RetryTimes } from "../retry";
import type { TokenSource } from "./client";
import type { Cloud } from "./cloud";
import type { GraphSettings } from "./settings";

/** Audience that Entra ID requires in a token of another issuer. */
const exchangeAudience = "api://AzureADTokenExchange";

export interface CredentialOptions {
  times: RetryTimes;
  /** See `OpenOptions`. */
  trust?: string | undefined;
}

/** A token is replaced this long before it expires. */
const renewBeforeMs = 120_000;

/**
 * Signs in and keeps the token until shortly before it expires. The Azure libraries report a failed request only as
 * `network_error` with a link, and the Azure CLI signs in for each token.
 */
export class Credential implements TokenSource {
  readonly #scope: string;
  #azure: TokenCredential;
  #token: Promise<AccessToken> | undefined;
  /** Why the last request of the sign-in failed, unless the service returned a structured error. */
  #problem: string | undefined;

  /** @throws InputErrors that name the missing settings */
  constructor(
    private readonly settings: GraphSettings,
    private readonly cloud: Cloud,
    private readonly options: CredentialOptions,
  ) {
    this.#scope = `${cloud.graphEndpoint}/.default`;
    this.#azure = this.#make();
  }

  async token(rejected?: string): Promise<string> {
    const current = (this.#token ??= this.#signIn());
    const { token, expiresOnTimestamp } = await current;
    if (token !== rejected && expiresOnTimestamp > Date.now() + renewBeforeMs) return token;
    if (this.#token === current) {
      // The Azure credentials keep a token until it expires, even if the service rejects it.
      if (token === rejected) this.#azure = this.#make();
      this.#token = this.#signIn();
    }
    return (await (this.#token ?? this.#signIn())).token;
  }

  async #signIn(): Promise<AccessToken> {
    this.#problem = undefined;
    try {
      const token = await this.#azure.getToken(this.#scope).catch((error: unknown) => {
        // The HTTP client has its own retries. The Azure CLI is another process.
        const isFinal = !(this.#azure instanceof AzureCliCredential) || /az login|not be found/.test(String(error));
        if (isFinal) throw error;
        return this.#azure.getToken(this.#scope);
      });
      if (token === null) throw new Error("the sign-in service returned no token");
      registerSecret(token.token);
      return token;
    } catch (error) {
      this.#token = undefined;
      throw this.#problem === undefined ? error : new Error(this.#problem, { cause: error });
    }
  }

  #make(): TokenCredential {
    return makeCredential(this.settings, this.cloud, this.options, (problem) => (this.#problem = problem));
  }
}

/**
 * Creates the first credential that the settings allow, in azuread's order: client secret, OIDC, managed identity,
 * Azure CLI.
 * @param note receives why a request of the sign-in failed
 * @throws InputErrors that name the missing settings
 */
export function makeCredential(
  settings: GraphSettings,
  cloud: Cloud,
  credentialOptions: CredentialOptions,
  note: (problem: string | undefined) => void,
): TokenCredential {
  const { clientSecret, useOidc, useMsi, msiEndpoint, useCli, clientId, tenantId, metadataHost } = settings;
  const options = {
    httpClient: azureHttpClient(credentialOptions, note),
    // Sign-in uses our retry policy, because the libraries' own policy gives up after a few seconds.
    retryOptions: { maxRetries: 0 },
    authorityHost: cloud.loginEndpoint,
    // The public list of clouds does not contain a cloud that only a metadata host describes.
    disableInstanceDiscovery: metadataHost !== undefined,
  };
  if (clientSecret !== undefined) {
    const ids = needed(settings, "clientSecret");
    return new ClientSecretCredential(ids.tenantId, ids.clientId, clientSecret, options);
  }
  if (useOidc === true) {
    const ids = needed(settings, "useOidc");
    const source = assertionSource(settings, credentialOptions);
    const assertion = async () => {
      try {
        const token = await source();
        registerSecret(token);
        return token;
      } catch (error) {
        note(error instanceof Error ? error.message : String(error));
        throw error;
      }
    };
    return new ClientAssertionCredential(ids.tenantId, ids.clientId, assertion, options);
  }
  if (useMsi === true) {
    // The Azure libraries accept another address only through this variable.
    if (msiEndpoint !== undefined) process.env["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = new URL(msiEndpoint).origin;
    return new ManagedIdentityCredential(clientId === undefined ? options : { ...options, clientId });
  }
  if (useCli === false) {
    const reason = "no credentials are set: set clientSecret, useOidc, useMsi or useCli (or their ARM_* variables).";
    throw new InputErrors([{ property: "clientSecret", reason }]);
  }
  return new AzureCliCredential(tenantId === undefined ? {} : { tenantId });
}

function needed({ tenantId, clientId }: GraphSettings, by: string): { tenantId: string; clientId: string } {
  if (tenantId !== undefined && clientId !== undefined) return { tenantId, clientId };
  const missing = [
    ...(tenantId === undefined ? [{ property: "tenantId", reason: `is required with ${by} (or ARM_TENANT_ID).` }] : []),
    ...(clientId === undefined ? [{ property: "clientId", reason: `is required with ${by} (or ARM_CLIENT_ID).` }] : []),
  ];
  throw new InputErrors(missing);
}

/** Lets the Azure libraries send their requests with our HTTP client and retry policy. */
function azureHttpClient({ times, trust }: CredentialOptions, note: (problem: string | undefined) => void): HttpClient {
  return {
    async sendRequest(request) {
      const { url, method, body, abortSignal, allowInsecureConnection: isLocal } = request;
      const { host } = new URL(url);
      const attempt = async () => {
        const response = await send({
          url,
          method,
          headers: request.headers.toJSON(),
          body: typeof body === "string" ? body : undefined,
          signal: abortSignal instanceof AbortSignal ? abortSignal : undefined,
          timeoutMs: times.requestMs,
          rootCert: trust,
          // A managed identity has an address on the machine's own network.
          allowInsecure: isLocal,
          noProxy: isLocal,
        });
        const problem = answerProblem(url, response);
        note(problem);
        const { status } = response;
        if (isSuccess(response) && problem !== undefined) {
          throw new HttpError(host, problem, 0, { code: failureCodes.invalidAnswer });
        }
        // A managed identity may be available some time after the start of the machine.
        if (!isTransient({ status }) && !(isLocal && status === 404)) return response;
        const retryAfterMs = parseRetryAfterMs(response.headers["retry-after"]);
        throw new HttpError(host, describeStatus(response), status, { retryAfterMs });
      };
      const traits = { eventuallyConsistent: true };
      const response = await withRetry(attempt, { times, traits }).catch((error: unknown) => {
        const isSilent = error instanceof HttpError && error.status === 0 && error.code !== failureCodes.invalidAnswer;
        if (isSilent) note(`${host} did not respond (${error.detail})`);
        throw error;
      });
      const { status, headers, text: bodyAsText } = response;
      return { request, status, headers: createHttpHeaders({ ...headers }), bodyAsText };
    },
  };
}

const refusal = z.object({ error: z.string() });
const tokenAnswer = z.object({ access_token: z.string() });
const metadata = z.object({ authorization_endpoint: z.string(), token_endpoint: z.string(), issuer: z.string() });

function isSuccess({ status }: HttpResponse): boolean {
  return status >= 200 && status < 300;
}

/** Explains an answer of the sign-in service that the Azure libraries do not explain. */
function answerProblem(url: string, response: HttpResponse): string | undefined {
  const { host, pathname } = new URL(url);
  const answer = pathname.endsWith("/token")
    ? tokenAnswer
    : pathname.endsWith("/openid-configuration")
      ? metadata
      : z.looseObject({});
  try {
    checkShape<unknown>(isSuccess(response) ? answer : refusal, parseJson(response.text));
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `${host} ${isSuccess(response) ? `returned an unexpected answer: ${why}` : describeStatus(response)}`;
  }
}

const assertionAnswer = z.object({ value: z.string() });

/**
 * Returns a function that reads the token of the other issuer. It runs for each sign-in, because the token is
 * short-lived.
 * @throws InputErrors
 */
export function assertionSource(
  settings: GraphSettings,
  { times, trust }: Pick<CredentialOptions, "times" | "trust">,
): () => Promise<string> {
  const { oidcToken, oidcTokenFilePath, oidcRequestUrl, oidcRequestToken } = settings;
  if (oidcToken !== undefined) return () => Promise.resolve(oidcToken);
  if (oidcTokenFilePath !== undefined) {
    return async () => {
      try {
        return (await readFile(oidcTokenFilePath, "utf8")).trim();
      } catch (error) {
        const code = error instanceof Error && "code" in error ? String(error.code) : "";
        throw new Error(`the file ${oidcTokenFilePath} (oidcTokenFilePath) cannot be read (${code})`, { cause: error });
      }
    };
  }
  if (oidcRequestUrl !== undefined && oidcRequestToken !== undefined) {
    if (!URL.canParse(oidcRequestUrl)) throw new InputErrors([{ property: "oidcRequestUrl", reason: "is not a URL." }]);
    const url = new URL(oidcRequestUrl);
    url.searchParams.set("audience", exchangeAudience);
    const options = { times, rootCert: trust, retries: maxRetries };
    return async () => {
      try {
        const headers = { authorization: `Bearer ${oidcRequestToken}` };
        return (await getJson(url.href, assertionAnswer, { ...options, headers })).value;
      } catch (error) {
        if (!(error instanceof HttpError)) throw error;
        throw new Error(`Could not obtain an OIDC token from ${url.origin} (oidcRequestUrl): it ${error.reason}`, {
          cause: error,
        });
      }
    };
  }
  const reason = "useOidc needs oidcToken, oidcTokenFilePath, or oidcRequestUrl with oidcRequestToken.";
  throw new InputErrors([{ property: "oidcToken", reason }]);
}
