import { scrypt } from "node:crypto";

/**
 * Cost of one fingerprint: 8 MiB of memory and about 20 ms. A guess costs the same, so a weak secret cannot be found
 * cheaply.
 */
const options = { N: 8192, r: 8, p: 1 };

/**
 * Returns a fingerprint of a client secret: scrypt, salted with the client id. The state holds the fingerprint instead of
 * the secret, which the plugin needs only to compare it with what the CA publishes. A plain hash would let a reader of
 * the state test guesses quickly. A random salt would change the fingerprint, and so the resource, with each run; the
 * client id is unique to the application, so equal secrets of two applications still differ.
 */
export function fingerprintSecret(clientSecret: string, clientId: string): Promise<string> {
  return new Promise((resolve, reject) => {
    scrypt(clientSecret, `clientSecretFingerprint:${clientId.toLowerCase()}`, 32, options, (error, key) => {
      if (error === null) resolve(key.toString("hex"));
      else reject(error);
    });
  });
}
