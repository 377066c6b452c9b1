import type { AccessToken, GetTokenOptions, TokenCredential } from "@azure/core-auth";

/** Asks {@link Renewable.getToken} for a token that nobody has used yet. */
const RENEW = "renew";

/** A credential that can be made to forget its tokens: each keeps them until they end, also when the service refuses them. */
export class Renewable implements TokenCredential {
  #current: TokenCredential;

  constructor(private readonly make: () => TokenCredential) {
    this.#current = make();
  }

  async getToken(scopes: string | string[], options: GetTokenOptions = {}): Promise<AccessToken | null> {
    const { claims, ...rest } = options;
    if (claims !== RENEW) return this.#current.getToken(scopes, options);
    this.#current = this.make();
    return this.#current.getToken(scopes, rest);
  }

  /** For `getToken`. As claims are what makes the policies of the Azure libraries pass over their own memory of tokens too. */
  static readonly renewing: GetTokenOptions = { claims: RENEW };
}
