import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  jwtVerify,
  SignJWT,
  type JWK,
  type JWTPayload,
} from "jose";

/** Key pair that signs all tokens of the emulator. */
export interface SigningKeys {
  /** Published key set. */
  jwks: { keys: JWK[] };
  /** Signs the claims as an RS256 token that is valid from now on. `lifetime`: seconds. */
  sign(claims: JWTPayload, lifetime: number): Promise<string>;
  /** Returns the claims of a valid token. @throws JOSEError */
  verify(token: string, audience: string): Promise<JWTPayload>;
}

export async function createSigningKeys(): Promise<SigningKeys> {
  const { privateKey, publicKey } = await generateKeyPair("RS256");
  const jwk = await exportJWK(publicKey);
  const kid = (await calculateJwkThumbprint(jwk)).slice(0, 27);
  // Verifying a signature takes longer than most requests, and a client sends its token with all of them.
  const verified = new Map<string, JWTPayload>();
  return {
    jwks: { keys: [{ ...jwk, use: "sig", kid, x5t: kid, alg: "RS256" }] },
    sign: (claims, lifetime) => {
      const now = Math.floor(Date.now() / 1000);
      const payload = { iat: now, nbf: now, exp: now + lifetime, ...claims };
      return new SignJWT(payload).setProtectedHeader({ typ: "JWT", alg: "RS256", kid }).sign(privateKey);
    },
    verify: async (token, audience) => {
      const key = `${audience} ${token}`;
      const known = verified.get(key);
      if (known?.exp !== undefined && known.exp * 1000 > Date.now()) return known;
      const { payload } = await jwtVerify(token, publicKey, { audience });
      verified.set(key, payload);
      return payload;
    },
  };
}
