import type { TokenCredential } from "@azure/core-auth";
import type { PipelinePolicy } from "@azure/core-rest-pipeline";

/**
 * Why the sign-in service gave no token, when it was not a refusal in its own words: the Azure libraries say only `network_error`, with
 * the address of a page about it.
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
        this.#last = isRefusal ? undefined : `${host} answered ${response.status}`;
        return response;
      } catch (error) {
        this.#last = `${host} gave no answer (${error instanceof Error ? error.message : String(error)})`;
        throw error;
      }
    },
  };

  /** The same credential, with errors that say it. */
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
    // What kind of credential it is stays to be seen.
    return Object.assign(Object.create(credential) as TokenCredential, { getToken });
  }
}
