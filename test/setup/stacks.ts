import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { json } from "node:stream/consumers";

/** Secrets provider of the tests' stacks. */
export const secretsProvider = "hashivault://tests";

/** Returns Pulumi's home folder of the tests' stacks. */
export function testHome(): string {
  const home = process.env["TEST_PULUMI_HOME"];
  if (home === undefined)
    throw new Error("TEST_PULUMI_HOME is not set: vitest.config.mts lists this file as a set-up.");
  return home;
}

/**
 * Prepares what the stacks of all tests share and what makes each of their hundreds of operations faster: a secrets
 * provider, because the engine computes 1,000,000 hashes to derive a key from a passphrase, and a home folder in which
 * the engine writes no logs. The sandbox uses a passphrase and logs.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const vault = createServer(transitVault()).listen(0, "127.0.0.1");
  await once(vault, "listening");
  process.env["VAULT_SERVER_URL"] = `http://127.0.0.1:${(vault.address() as AddressInfo).port}`;
  process.env["VAULT_SERVER_TOKEN"] = "tests";
  const home = await mkdtemp(path.join(tmpdir(), "pulumi-home-"));
  // A file in place of the folder of the logs.
  await writeFile(path.join(home, "logs"), "");
  process.env["TEST_PULUMI_HOME"] = home;
  return async () => {
    vault.close();
    vault.closeAllConnections();
    await rm(home, { recursive: true, force: true });
  };
}

/** Serves the transit engine of HashiCorp Vault with one key: `PUT /v1/transit/encrypt/KEY` and `decrypt`. */
function transitVault(): RequestListener {
  const prefix = "vault:v1:";
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
