import { randomUUID } from "node:crypto";
import { decodeJwt, decodeProtectedHeader, generateKeyPair, SignJWT } from "jose";

import type { GraphEmulator } from "entra-emulator";

/**
 * Returns ID tokens that a CA must reject if its provisioner is for the client `clientId` and the domain corp.com, by description.
 * Exactly one property of each token is wrong.
 * @param upn user principal name of a user who can log in
 */
export function invalidTokens(
  graph: GraphEmulator,
  clientId: string,
  upn: string,
): Record<string, () => Promise<string>> {
  const now = Math.floor(Date.now() / 1000);
  const token = (claims?: Record<string, unknown>) => graph.idToken(upn, clientId, claims);
  const tid = randomUUID();
  return {
    "a token without an email": () => graph.idToken("no.mail@corp.com", clientId),
    "a token with an email of another domain": () => graph.idToken("maria.garcia@corp.com", clientId),
    "a token with an email of a subdomain": () => graph.idToken("ep12345@corp.com", clientId),
    "a token of another tenant": () => token({ iss: `${graph.url}/${tid}/v2.0`, tid }),
    "a token for another application": () => graph.idToken(upn, graph.deployer.clientId),
    "an expired token": () => token({ iat: now - 7200, nbf: now - 7200, exp: now - 3600 }),
    "a token that is not valid yet": () => token({ nbf: now + 3600 }),
    "a token with a tampered email": async () => {
      const [header, , signature] = (await token()).split(".");
      const claims = { ...decodeJwt(await token()), email: "root@corp.com" };
      return [header, Buffer.from(JSON.stringify(claims)).toString("base64url"), signature].join(".");
    },
    "a token with the signature of another key": async () => {
      const genuine = await token();
      const { alg = "RS256", ...header } = decodeProtectedHeader(genuine);
      const { privateKey } = await generateKeyPair("RS256");
      return new SignJWT(decodeJwt(genuine)).setProtectedHeader({ ...header, alg }).sign(privateKey);
    },
  };
}
