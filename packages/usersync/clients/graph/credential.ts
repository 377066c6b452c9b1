import { readFile } from "node:fs/promises";

import type { TokenCredential } from "@azure/core-auth";
import {
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
  type PipelinePolicy,
  type TlsSettings,
} from "@azure/core-rest-pipeline";
import {
  AzureCliCredential,
  ClientAssertionCredential,
  ClientSecretCredential,
  ManagedIdentityCredential,
} from "@azure/identity";

import { type CheckFailure, InputErrors } from "../../host/types";
import type { Cloud } from "./cloud";
import { TokenErrorDetail } from "./tokenErrorDetail";
import { idempotentRequest, graphRetryPolicy, completeResponsePolicy } from "./retryPolicies";
import type { RetryTimes } from "./retry";
import type { GraphSettings } from "./settings";

/** Audience that Entra ID requires in a token of another issuer. */
const exchangeAudience = "api://AzureADTokenExchange";

export interface CredentialOptions {
  tlsSettings?: TlsSettings;
  /** Receives each token of another issuer, so that the caller can redact it. */
  registerSecret?: (secret: string) => void;
}

/**
 * Creates the first credential that the settings allow, in azuread's order: client secret, OIDC, managed identity,
 * Azure CLI.
 * @throws InputErrors that name the missing settings.
 */
export function makeCredential(
  settings: GraphSettings,
  cloud: Cloud,
  http: HttpClient,
  times: RetryTimes,
  more: CredentialOptions = {},
): TokenCredential {
  const failures = new TokenErrorDetail();
  return failures.explain(choose(settings, cloud, http, times, failures.policy, more));
}

function choose(
  settings: GraphSettings,
  cloud: Cloud,
  http: HttpClient,
  times: RetryTimes,
  watch: PipelinePolicy,
  { tlsSettings, registerSecret = () => undefined }: CredentialOptions,
): TokenCredential {
  const perCall = (policy: PipelinePolicy) => ({ policy, position: "perCall" as const });
  const options = {
    // Sign-in uses our retry policy, because the libraries' own policy gives up after a few seconds.
    retryOptions: { maxRetries: 0 },
    additionalPolicies: [
      perCall(watch),
      perCall(graphRetryPolicy(() => idempotentRequest, times)),
      perCall(completeResponsePolicy(times)),
    ],
    authorityHost: cloud.loginEndpoint,
    // The public list of clouds does not contain a cloud that only a metadata host describes.
    disableInstanceDiscovery: settings.metadataHost !== undefined,
    ...(tlsSettings ? { tlsOptions: tlsSettings } : {}),
  };
  if (settings.clientSecret !== undefined) {
    const { tenantId, clientId } = needed(settings, "clientSecret");
    return new ClientSecretCredential(tenantId, clientId, settings.clientSecret, options);
  }
  if (settings.useOidc === true) {
    const { tenantId, clientId } = needed(settings, "useOidc");
    const source = assertionSource(settings, http);
    const assertion = async () => {
      const token = await source();
      registerSecret(token);
      return token;
    };
    return new ClientAssertionCredential(tenantId, clientId, assertion, options);
  }
  if (settings.useMsi === true) {
    // The Azure libraries accept another address only through this variable.
    if (settings.msiEndpoint !== undefined) {
      process.env["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = new URL(settings.msiEndpoint).origin;
    }
    return new ManagedIdentityCredential(settings.clientId === undefined ? {} : { clientId: settings.clientId });
  }
  if (settings.useCli === false) {
    throw new InputErrors([
      {
        property: "clientSecret",
        reason: "no credentials are set: set clientSecret, useOidc, useMsi or useCli (or their ARM_* variables).",
      },
    ]);
  }
  return new AzureCliCredential(settings.tenantId === undefined ? {} : { tenantId: settings.tenantId });
}

function needed(settings: GraphSettings, by: string): { tenantId: string; clientId: string } {
  const { tenantId, clientId } = settings;
  if (tenantId !== undefined && clientId !== undefined) return { tenantId, clientId };
  const failures: CheckFailure[] = [];
  if (tenantId === undefined)
    failures.push({ property: "tenantId", reason: `is required with ${by} (or ARM_TENANT_ID).` });
  if (clientId === undefined)
    failures.push({ property: "clientId", reason: `is required with ${by} (or ARM_CLIENT_ID).` });
  throw new InputErrors(failures);
}

/**
 * Returns a function that reads the token of the other issuer. It runs for each sign-in, because the token is
 * short-lived.
 * @throws InputErrors
 */
export function assertionSource(settings: GraphSettings, http: HttpClient): () => Promise<string> {
  const { oidcToken, oidcTokenFilePath, oidcRequestUrl, oidcRequestToken } = settings;
  if (oidcToken !== undefined) return () => Promise.resolve(oidcToken);
  if (oidcTokenFilePath !== undefined) return async () => (await readFile(oidcTokenFilePath, "utf8")).trim();
  if (oidcRequestUrl !== undefined && oidcRequestToken !== undefined) {
    return () => requestAssertion(oidcRequestUrl, oidcRequestToken, http);
  }
  throw new InputErrors([
    {
      property: "oidcToken",
      reason: "useOidc needs oidcToken, oidcTokenFilePath, or oidcRequestUrl with oidcRequestToken.",
    },
  ]);
}

async function requestAssertion(requestUrl: string, token: string, http: HttpClient): Promise<string> {
  const url = new URL(requestUrl);
  url.searchParams.set("audience", exchangeAudience);
  const headers = createHttpHeaders({ authorization: `Bearer ${token}`, accept: "application/json" });
  const response = await http.sendRequest(createPipelineRequest({ url: url.href, headers, timeout: 30_000 }));
  const { value } = JSON.parse(response.status === 200 ? (response.bodyAsText ?? "{}") : "{}") as { value?: unknown };
  if (typeof value === "string") return value;
  throw new Error(
    `Could not obtain an OIDC token from ${url.origin} (oidcRequestUrl): it returned ${response.status}.`,
  );
}
