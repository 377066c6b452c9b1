import type { AccessToken, TokenCredential } from "@azure/core-auth";
import {
  AzureCliCredential,
  ClientAssertionCredential,
  ClientSecretCredential,
  ManagedIdentityCredential,
} from "@azure/identity";

import { InputErrors } from "../../host/types";
import { registerSecret } from "../../output";
import { assertionSource } from "./assertion";
import { azureHttpClient, type CredentialOptions } from "./azureHttpClient";
import type { TokenSource } from "./client";
import type { Cloud } from "./cloud";
import type { GraphSettings } from "./settings";
import { cliFailure, type SignInFailure } from "./signInFailure";

/** A token is replaced this long before it expires. */
const renewBeforeMs = 120_000;

/**
 * Signs in and keeps the token until shortly before it expires, because the Azure CLI signs in for each token. Keeps a final failure too,
 * so that all requests report one cause.
 */
export class Credential implements TokenSource {
  readonly #scope: string;
  #azure: TokenCredential;
  #token: Promise<AccessToken> | undefined;
  /** Why the last request of the sign-in failed. */
  #failure: SignInFailure | undefined;

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
    try {
      const token = await this.#azure.getToken(this.#scope).catch((error: unknown) => {
        // The HTTP client has its own retries. The Azure CLI is another process.
        if (!(this.#azure instanceof AzureCliCredential)) throw error;
        this.#failure = cliFailure(this.settings, error);
        if (this.#failure.isFinal) throw error;
        return this.#azure.getToken(this.#scope);
      });
      if (token === null) throw new Error("the sign-in service returned no token");
      registerSecret(token.token);
      return token;
    } catch (error) {
      if (this.#failure?.isFinal !== true) this.#token = undefined;
      throw this.#failure === undefined ? error : new Error(this.#failure.reason, { cause: error });
    }
  }

  #make(): TokenCredential {
    return makeCredential(this.settings, this.cloud, this.options, (failure) => (this.#failure = failure));
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
  note: (failure: SignInFailure | undefined) => void,
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
        note({ reason: error instanceof Error ? error.message : String(error), isFinal: false });
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
