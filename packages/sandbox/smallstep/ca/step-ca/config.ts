import { generateKeyPairSync } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";

import type { Authority } from "entra-emulator";
import type { Provisioner } from "../types";

/**
 * Writes step-ca's configuration and keys to `dir`: an intermediate of the sandbox's authority, keys that sign SSH certificates, the
 * initial provisioners, and the enabled admin API. Returns the path of the configuration.
 */
export async function writeConfig(options: {
  authority: Authority;
  dir: string;
  port: number;
  provisioners: Provisioner[];
}): Promise<string> {
  const { authority, dir, port, provisioners } = options;
  const write = async (name: string, text: string) => {
    const file = path.join(dir, name);
    await writeFile(file, text, { mode: 0o600 });
    return file;
  };
  const intermediate = await authority.intermediate("Sandbox SSH CA");
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
    // step-ca stores provisioners in its database and changes them over HTTP. These are the initial ones.
    authority: { enableAdmin: true, provisioners },
  };
  return write("ca.json", JSON.stringify(config, null, 2));
}

function sshKey(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}
