import { generateKeyPairSync } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { calculateJwkThumbprint, exportJWK, type CryptoKey, type JWK } from "jose";

import type { Authority } from "entra-emulator";

/** Key of the first administrator. Its holder can request an administrator's certificate. */
export interface AdminKey {
  /** Name of the JWK provisioner that accepts the key. */
  provisioner: string;
  kid: string;
  privateKey: CryptoKey;
}

/** Subject of the administrator that step-ca creates at its first start. */
export const adminSubject = "step";

/**
 * Writes step-ca's configuration and keys to `dir`: an intermediate of the sandbox's authority, keys that sign SSH certificates, the
 * provisioners of a new authority, and the enabled admin API.
 */
export async function writeConfig(options: {
  authority: Authority;
  dir: string;
  port: number;
}): Promise<{ file: string; admin: AdminKey }> {
  const { authority, dir, port } = options;
  await mkdir(dir, { recursive: true });
  const write = async (name: string, text: string) => {
    const file = path.join(dir, name);
    await writeFile(file, text, { mode: 0o600 });
    return file;
  };
  const intermediate = await authority.intermediate("Sandbox SSH CA");
  const { admin, publicKey } = await adminKey();
  const config = {
    root: authority.caFile,
    crt: await write("intermediate.crt", intermediate.cert),
    key: await write("intermediate.key", intermediate.key),
    address: `127.0.0.1:${port}`,
    dnsNames: ["localhost", "127.0.0.1"],
    ssh: {
      hostKey: await write("ssh-host.key", sshKey()),
      userKey: await write("ssh-user.key", sshKey()),
    },
    logger: { format: "json" },
    db: { type: "bbolt", dataSource: path.join(dir, "db") },
    authority: {
      // step-ca stores provisioners in its database and changes them over HTTP. These are the initial ones.
      enableAdmin: true,
      provisioners: [
        { type: "JWK", name: admin.provisioner, key: publicKey },
        { type: "SSHPOP", name: "SSH POP", claims: { enableSSHCA: true } },
      ],
    },
  };
  return { file: await write("ca.json", JSON.stringify(config, null, 2)), admin };
}

function sshKey(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateKey.export({ type: "pkcs8", format: "pem" }) as string;
}

async function adminKey(): Promise<{ admin: AdminKey; publicKey: JWK }> {
  const keys = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
  const jwk = await exportJWK(keys.publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return {
    admin: { provisioner: "admin", kid, privateKey: keys.privateKey },
    publicKey: { ...jwk, use: "sig", alg: "ES256", kid },
  };
}
