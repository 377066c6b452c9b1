import type { AccessToken, GetTokenOptions, TokenCredential } from "@azure/core-auth";

/** Asks {@link RefreshableCredential.getToken} for a token that nobody has used yet. */
const RENEW = "renew";

/** A credential that can be made to forget its tokens: each keeps them until they end, also when the service refuses them. */
export class RefreshableCredential implements TokenCredential {
  #current: TokenCredential;

  /** @param onToken told each token that is handed out */
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

  /** For `getToken`. As claims are what makes the policies of the Azure libraries pass over their own memory of tokens too. */
  static readonly forceRefresh: GetTokenOptions = { claims: RENEW };
}
