import { randomUUID } from "node:crypto";
import { decodeJwt, decodeProtectedHeader, generateKeyPair, SignJWT } from "jose";

import type { GraphEmulator } from "entra-emulator";

/** An ID token that the CA must reject. Exactly one property of it is wrong. */
interface InvalidToken {
  /** Description, for example "a token of another tenant". */
  description: string;
  idToken(): Promise<string>;
}

/**
 * Returns ID tokens that a CA must reject if its provisioner is for the client `clientId` and the domain corp.com.
 * @param upn user principal name of a user who can log in
 */
export function invalidTokens(graph: GraphEmulator, clientId: string, upn: string): InvalidToken[] {
  const otherTenant = randomUUID();
  const now = Math.floor(Date.now() / 1000);
  const genuine = () => graph.idToken(upn, clientId);
  return [
    { description: "a token without an email", idToken: () => graph.idToken("no.mail@corp.com", clientId) },
    {
      description: "a token with an email of another domain",
      idToken: () => graph.idToken("maria.garcia@corp.com", clientId),
    },
    { description: "a token with an email of a subdomain", idToken: () => graph.idToken("ep12345@corp.com", clientId) },
    {
      description: "a token of another tenant",
      idToken: () => graph.idToken(upn, clientId, { iss: `${graph.url}/${otherTenant}/v2.0`, tid: otherTenant }),
    },
    { description: "a token for another application", idToken: () => graph.idToken(upn, graph.deployer.clientId) },
    {
      description: "an expired token",
      idToken: () => graph.idToken(upn, clientId, { iat: now - 7200, nbf: now - 7200, exp: now - 3600 }),
    },
    { description: "a token that is not valid yet", idToken: () => graph.idToken(upn, clientId, { nbf: now + 3600 }) },
    {
      description: "a token with a tampered email",
      idToken: async () => {
        const [header, , signature] = (await genuine()).split(".");
        const claims = { ...decodeJwt(await genuine()), email: "root@corp.com" };
        return [header, Buffer.from(JSON.stringify(claims)).toString("base64url"), signature].join(".");
      },
    },
    {
      description: "a token with the signature of another key",
      idToken: async () => {
        const token = await genuine();
        const { alg = "RS256", ...header } = decodeProtectedHeader(token);
        const { privateKey } = await generateKeyPair("RS256");
        return new SignJWT(decodeJwt(token)).setProtectedHeader({ ...header, alg }).sign(privateKey);
      },
    },
  ];
}
