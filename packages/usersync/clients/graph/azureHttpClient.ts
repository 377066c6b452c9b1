import { createHttpHeaders, type HttpClient } from "@azure/core-rest-pipeline";
import * as z from "zod/mini";

import { HttpError, describeStatus, send, type HttpResponse } from "../http";
import { checkShape, parseJson } from "../json";
import { failureCodes, isTransient, parseRetryAfterMs, withRetry, type RetryTimes } from "../retry";
import { refusalReason, type SignInFailure } from "./signInFailure";

export interface CredentialOptions {
  times: RetryTimes;
  /** See `OpenOptions`. */
  trust?: string | undefined;
}

/**
 * Lets the Azure libraries send their requests with our HTTP client and retry policy.
 * @param note receives why a request failed, which the libraries report only as `network_error` with a link; undefined after a success
 */
export function azureHttpClient(
  { times, trust }: CredentialOptions,
  note: (failure: SignInFailure | undefined) => void,
): HttpClient {
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
        const failure = answerFailure(url, response);
        note(failure);
        const { status } = response;
        if (isSuccess(response) && failure !== undefined) {
          throw new HttpError(host, failure.reason, 0, { code: failureCodes.invalidAnswer });
        }
        // A managed identity may be available some time after the start of the machine.
        if (!isTransient({ status }) && !(isLocal && status === 404)) return response;
        const retryAfterMs = parseRetryAfterMs(response.headers["retry-after"]);
        throw new HttpError(host, describeStatus(response), status, { retryAfterMs });
      };
      const traits = { eventuallyConsistent: true };
      const response = await withRetry(attempt, { times, traits }).catch((error: unknown) => {
        const isSilent = error instanceof HttpError && error.status === 0 && error.code !== failureCodes.invalidAnswer;
        if (isSilent) note({ reason: `${host} did not respond (${error.detail})`, isFinal: false });
        throw error;
      });
      const { status, headers, text: bodyAsText } = response;
      return { request, status, headers: createHttpHeaders({ ...headers }), bodyAsText };
    },
  };
}

const refusal = z.object({ error: z.string(), error_description: z.nullish(z.string()) });
const tokenAnswer = z.object({ access_token: z.string() });
const metadata = z.object({ authorization_endpoint: z.string(), token_endpoint: z.string(), issuer: z.string() });

function isSuccess({ status }: HttpResponse): boolean {
  return status >= 200 && status < 300;
}

/** Error codes of OAuth 2.0 that end without a change of the settings (RFC 6749, 4.1.2.1). */
const temporary = new Set(["temporarily_unavailable", "server_error"]);

/** Explains an answer of the sign-in service without a token. A managed identity answers 404 while it is not yet available. */
function answerFailure(url: string, response: HttpResponse): SignInFailure | undefined {
  const { host, pathname } = new URL(url);
  const answer = pathname.endsWith("/token")
    ? tokenAnswer
    : pathname.endsWith("/openid-configuration")
      ? metadata
      : z.looseObject({});
  try {
    const body = parseJson(response.text);
    if (!isSuccess(response)) {
      const { error, error_description: description } = checkShape(refusal, body);
      return {
        reason: refusalReason(description || error),
        isFinal: !isTransient(response) && !temporary.has(error) && response.status !== 404,
      };
    }
    checkShape<unknown>(answer, body);
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const text = isSuccess(response) ? `returned an unexpected answer: ${why}` : describeStatus(response);
    return { reason: `${host} ${text}`, isFinal: false };
  }
}
