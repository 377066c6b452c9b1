import type { TokenCredential } from "@azure/core-auth";
import type { PipelinePolicy } from "@azure/core-rest-pipeline";

/**
 * Records why the sign-in service issued no token, unless the service returned a structured error. The Azure libraries report
 * only `network_error` and a link.
 */
export class TokenErrorDetail {
  #last: string | undefined;

  readonly policy: PipelinePolicy = {
    name: "lastFailure",
    sendRequest: async (request, next) => {
      const { host } = new URL(request.url);
      try {
        const response = await next(request);
        const isRefusal = response.status < 400 || /"error"\s*:\s*"/.test(response.bodyAsText ?? "");
        this.#last = isRefusal ? undefined : `${host} returned ${response.status}`;
        return response;
      } catch (error) {
        this.#last = `${host} did not respond (${error instanceof Error ? error.message : String(error)})`;
        throw error;
      }
    },
  };

  /** Returns the same credential with the recorded reason in its errors. */
  explain(credential: TokenCredential): TokenCredential {
    const getToken: TokenCredential["getToken"] = async (...args) => {
      this.#last = undefined;
      try {
        return await credential.getToken(...args);
      } catch (error) {
        if (this.#last === undefined || (error instanceof Error && error.name === "AbortError")) throw error;
        throw Object.assign(new Error(this.#last, { cause: error }), { name: "AuthenticationError" });
      }
    };
    // Keep the prototype so that `instanceof` still identifies the credential.
    return Object.assign(Object.create(credential) as TokenCredential, { getToken });
  }
}
