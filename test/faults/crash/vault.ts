import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { RequestListener } from "node:http";
import { json } from "node:stream/consumers";

const prefix = "vault:v1:";

/**
 * Creates the transit engine of HashiCorp Vault with one key, which serves `PUT /v1/transit/encrypt/KEY` and `decrypt`.
 * As the secrets provider of a stack it saves the 1,000,000 hashes with which each engine process derives a key from a
 * passphrase.
 */
export function createTransitVault(): RequestListener {
  const key = randomBytes(32);
  const encrypt = (text: string): string => {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", key, nonce);
    const parts = [nonce, cipher.update(text, "base64"), cipher.final(), cipher.getAuthTag()];
    return `${prefix}${Buffer.concat(parts).toString("base64")}`;
  };
  const decrypt = (text: string): string => {
    const data = Buffer.from(text.slice(prefix.length), "base64");
    const decipher = createDecipheriv("aes-256-gcm", key, data.subarray(0, 12)).setAuthTag(data.subarray(-16));
    return Buffer.concat([decipher.update(data.subarray(12, -16)), decipher.final()]).toString("base64");
  };
  return (request, response) => {
    void (json(request) as Promise<{ plaintext?: string; ciphertext?: string }>).then(({ plaintext, ciphertext }) => {
      const data =
        plaintext === undefined ? { plaintext: decrypt(ciphertext ?? "") } : { ciphertext: encrypt(plaintext) };
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ data }));
    });
  };
}
