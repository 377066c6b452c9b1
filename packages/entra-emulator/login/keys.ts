import { createHash } from "node:crypto";

import { compactVerify, exportJWK, generateKeyPair, SignJWT, type JWK, type JWTPayload } from "jose";

/** Key pair that signs all tokens of the emulator. */
export interface SigningKeys {
  /** Published key set. */
  jwks: { keys: JWK[] };
  /** Signs the claims as an RS256 token. */
  sign(claims: JWTPayload): Promise<string>;
  /** Returns the claims of a token signed with this key, even if it has expired. Rejects for any other signature. */
  verify(token: string): Promise<JWTPayload>;
}

export async function createSigningKeys(): Promise<SigningKeys> {
  const { privateKey, publicKey } = await generateKeyPair("RS256");
  const jwk = await exportJWK(publicKey);
  const kid = createHash("sha256")
    .update(jwk.n ?? "")
    .digest("base64url")
    .slice(0, 27);
  return {
    jwks: { keys: [{ ...jwk, kty: "RSA", use: "sig", kid, x5t: kid, alg: "RS256" }] },
    sign: (claims) => new SignJWT(claims).setProtectedHeader({ typ: "JWT", alg: "RS256", kid }).sign(privateKey),
    verify: async (token) => {
      // Verify only the signature. The caller checks the expiry, because it returns a separate error for it.
      const { payload } = await compactVerify(token, publicKey, { algorithms: ["RS256"] });
      return JSON.parse(Buffer.from(payload).toString("utf8")) as JWTPayload;
    },
  };
}
