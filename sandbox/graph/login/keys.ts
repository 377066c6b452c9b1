import { createHash } from "node:crypto";

import { compactVerify, exportJWK, generateKeyPair, SignJWT, type JWK, type JWTPayload } from "jose";

/** The key that signs all tokens of the emulator. */
export interface SigningKeys {
  /** The published key set. */
  jwks: { keys: JWK[] };
  sign(claims: JWTPayload): Promise<string>;
  /** Claims of a token signed here, also of an expired one; throws when the signature is not ours. */
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
      // Only the signature: expiry is judged by the caller, who owes the client an own error text for it.
      const { payload } = await compactVerify(token, publicKey, { algorithms: ["RS256"] });
      return JSON.parse(Buffer.from(payload).toString("utf8")) as JWTPayload;
    },
  };
}
