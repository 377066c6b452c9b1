import type { AccessToken, GetTokenOptions, TokenCredential } from "@azure/core-auth";

/** Value of `claims` that makes {@link RefreshableCredential.getToken} request a new token. */
const RENEW = "renew";

/**
 * Credential that can drop its cached tokens. The Azure credentials keep a token until it expires, even if the service
 * rejects it.
 */
export class RefreshableCredential implements TokenCredential {
  #current: TokenCredential;

  /** @param onToken receives each issued token */
  constructor(
    private readonly make: () => TokenCredential,
    private readonly onToken: (token: string) => void,
  ) {
    this.#current = make();
  }

  async getToken(scopes: string | string[], options: GetTokenOptions = {}): Promise<AccessToken | null> {
    const { claims, ...rest } = options;
    if (claims === RENEW) this.#current = this.make();
    const token = await this.#current.getToken(scopes, claims === RENEW ? rest : options);
    if (token !== null) this.onToken(token.token);
    return token;
  }

  /**
   * Options for `getToken` that force a new token. Azure's policies bypass their token cache only when `claims` is set.
   */
  static readonly forceRefresh: GetTokenOptions = { claims: RENEW };
}
