import {
  RestError,
  isRestError,
  retryPolicy,
  type PipelinePolicy,
  type PipelineRequest,
  type PipelineResponse,
} from "@azure/core-rest-pipeline";

import { type RetryTraits, type RetryTimes, REQUEST_TIMEOUT, maxRetries, retryStrategy } from "./retry";

/** Traits of requests that are safe to repeat after any failure: cloud metadata and tokens. */
export const idempotentRequest: RetryTraits = {
  idempotent: true,
  eventuallyConsistent: false,
  callerHandlesConflict: false,
  noRetry: false,
};

/** Creates the policy that retries requests as their traits allow. {@link completeResponsePolicy} must run after it. */
export function graphRetryPolicy(
  traits: (request: PipelineRequest) => RetryTraits | undefined,
  times: RetryTimes,
): PipelinePolicy {
  return retryPolicy([retryStrategy(traits, times)], { maxRetries });
}

/**
 * Creates the policy that turns incomplete responses and timeouts into errors. It also attaches the request to each
 * error, because the retry policy needs its traits.
 */
export function completeResponsePolicy(times: RetryTimes): PipelinePolicy {
  return {
    name: "completeResponsePolicy",
    async sendRequest(request, next): Promise<PipelineResponse> {
      request.timeout = times.requestMs;
      const failed = (code: string, message: string): RestError => new RestError(message, { code, request });
      const response = await next(request).catch((error: unknown) => {
        // These two errors of the HTTP client do not reference their request.
        if (isRestError(error) && error.code === RestError.PARSE_ERROR) throw failed(error.code, error.message);
        if (error instanceof Error && error.name === "AbortError" && request.abortSignal?.aborted !== true) {
          throw failed(REQUEST_TIMEOUT, `no response within ${times.requestMs / 1000} seconds`);
        }
        throw error;
      });
      if (response.status >= 200 && response.status < 300 && response.bodyAsText) {
        try {
          JSON.parse(response.bodyAsText);
        } catch {
          throw failed(RestError.PARSE_ERROR, "the response is not complete JSON");
        }
      }
      return response;
    },
  };
}
