import { createHash } from "node:crypto";

/**
 * Returns a fingerprint of a client secret: SHA-256 over the client id and the secret, in hexadecimal digits. The state
 * holds the fingerprint instead of the secret, which the plugin needs only to compare it with what the CA publishes.
 * Entra ID generates client secrets of about 200 bits at random, so a reader of the state cannot guess one, and a slow
 * hash would add nothing. The client id makes equal secrets of two applications differ; a random salt would change the
 * fingerprint, and so the resource, with each run.
 */
export function fingerprintSecret(clientSecret: string, clientId: string): string {
  return createHash("sha256").update(`clientSecretFingerprint:${clientId.toLowerCase()}:${clientSecret}`).digest("hex");
}
