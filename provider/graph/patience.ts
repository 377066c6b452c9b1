import type { PipelinePolicy, PipelineRequest, PipelineResponse } from "@azure/core-rest-pipeline";
import { RestError, isRestError, retryPolicy } from "@azure/core-rest-pipeline";

import type { RetryTraits, RetryTimes } from "./retry";
import { REQUEST_TIMEOUT, maxRetries, retryStrategy } from "./retry";

/** What may be asked again whenever no good answer came: descriptions of a cloud, tokens. */
export const idempotentRequest: RetryTraits = {
  idempotent: true,
  eventuallyConsistent: false,
  callerHandlesConflict: false,
  noRetry: false,
};

/** Repeats requests as their traits allow. {@link completeResponsePolicy} has to come after it. */
export function graphRetryPolicy(
  traits: (request: PipelineRequest) => RetryTraits | undefined,
  times: RetryTimes,
): PipelinePolicy {
  return retryPolicy([retryStrategy(traits, times)], { maxRetries });
}

/**
 * An answer that was cut short is no answer, nor is silence for as long as a request may take; and which request an error belongs
 * to is told to the retry policy.
 */
export function completeResponsePolicy(times: RetryTimes): PipelinePolicy {
  return {
    name: "completeResponsePolicy",
    async sendRequest(request, next): Promise<PipelineResponse> {
      request.timeout = times.requestMs;
      const failed = (code: string, message: string): RestError => new RestError(message, { code, request });
      const response = await next(request).catch((error: unknown) => {
        // The two errors of the HTTP client that do not name their request.
        if (isRestError(error) && error.code === RestError.PARSE_ERROR) throw failed(error.code, error.message);
        if (error instanceof Error && error.name === "AbortError" && request.abortSignal?.aborted !== true) {
          throw failed(REQUEST_TIMEOUT, `nothing came within ${times.requestMs / 1000} seconds`);
        }
        throw error;
      });
      if (response.status >= 200 && response.status < 300 && response.bodyAsText) {
        try {
          JSON.parse(response.bodyAsText);
        } catch {
          throw failed(RestError.PARSE_ERROR, "the answer is not complete JSON");
        }
      }
      return response;
    },
  };
}
