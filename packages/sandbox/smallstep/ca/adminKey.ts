import { calculateJwkThumbprint, exportJWK, type CryptoKey } from "jose";

import type { Provisioner } from "./types";

/** Key of the first administrator. Its holder can request an administrator's certificate. */
export interface AdminKey {
  /** Name of the JWK provisioner that accepts the key. */
  provisioner: string;
  kid: string;
  privateKey: CryptoKey;
}

/** Creates the key of the first administrator, and the provisioners of a new authority, which accept it. */
export async function newAdminKey(): Promise<{ key: AdminKey; provisioners: Provisioner[] }> {
  const keys = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
  const jwk = await exportJWK(keys.publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return {
    key: { provisioner: "admin", kid, privateKey: keys.privateKey },
    provisioners: [
      { type: "JWK", name: "admin", key: { ...jwk, use: "sig", alg: "ES256", kid } },
      { type: "SSHPOP", name: "SSH POP", claims: { enableSSHCA: true } },
    ],
  };
}
