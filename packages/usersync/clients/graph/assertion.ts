import { readFile } from "node:fs/promises";

import * as z from "zod/mini";

import { InputErrors } from "../../host/types";
import { HttpError, getJson } from "../http";
import { maxRetries } from "../retry";
import type { CredentialOptions } from "./azureHttpClient";
import type { GraphSettings } from "./settings";

/** Audience that Entra ID requires in a token of another issuer. */
const exchangeAudience = "api://AzureADTokenExchange";

const assertionAnswer = z.object({ value: z.string() });

/**
 * Returns a function that reads the token of the other issuer. It runs for each sign-in, because the token is
 * short-lived.
 * @throws InputErrors
 */
export function assertionSource(settings: GraphSettings, { times, trust }: CredentialOptions): () => Promise<string> {
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
