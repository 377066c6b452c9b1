import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JWK,
  type JWTPayload,
} from "jose";

/** Key pair that signs all tokens of the emulator. */
export interface SigningKeys {
  /** Published key set. */
  jwks: { keys: JWK[] };
  publicKey: CryptoKey;
  /** Signs the claims as an RS256 token that is valid from now on. `lifetime`: seconds. */
  sign(claims: JWTPayload, lifetime: number): Promise<string>;
}

export async function createSigningKeys(): Promise<SigningKeys> {
  const { privateKey, publicKey } = await generateKeyPair("RS256");
  const jwk = await exportJWK(publicKey);
  const kid = (await calculateJwkThumbprint(jwk)).slice(0, 27);
  return {
    jwks: { keys: [{ ...jwk, use: "sig", kid, x5t: kid, alg: "RS256" }] },
    publicKey,
    sign: (claims, lifetime) => {
      const now = Math.floor(Date.now() / 1000);
      const payload = { iat: now, nbf: now, exp: now + lifetime, ...claims };
      return new SignJWT(payload).setProtectedHeader({ typ: "JWT", alg: "RS256", kid }).sign(privateKey);
    },
  };
}
