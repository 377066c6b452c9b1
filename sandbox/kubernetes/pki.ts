import "reflect-metadata";

import { generateKeyPairSync, randomBytes, webcrypto } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import * as x509 from "@peculiar/x509";

/** Paths of a certificate and its key, both PEM. */
export interface Pair {
  cert: string;
  key: string;
}

/** The cluster's own certificate authority. Kept apart from the sandbox's web CA: it grants cluster access. */
export interface ClusterPki {
  caFile: string;
  /** For API servers and the like on this machine: names localhost, 127.0.0.1 and the Service's address. */
  server(name: string): Promise<Pair>;
  /** A client: Kubernetes reads the user from `user` and its groups from `groups`. */
  client(name: string, user: string, groups?: string[]): Promise<Pair>;
  /** Key pair that signs service account tokens. */
  serviceAccounts: { privateKey: string; publicKey: string };
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const serverNames = ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"];

/** Makes the cluster's keys and certificates in `dir`, valid for 30 days: longer than any kept sandbox. */
export async function createPki(dir: string): Promise<ClusterPki> {
  const validity = { notBefore: new Date(Date.now() - 3600_000), notAfter: new Date(Date.now() + 30 * 24 * 3600_000) };
  const caKeys = await newKeys();
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: "CN=sandbox-kubernetes",
    ...validity,
    signingAlgorithm: algorithm,
    keys: caKeys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(caKeys.publicKey),
    ],
  });
  const caFile = path.join(dir, "ca.crt");
  await writeFile(caFile, ca.toString("pem"));

  const issue = async (file: string, subject: string, extensions: x509.Extension[]): Promise<Pair> => {
    const keys = await newKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serial(),
      subject,
      issuer: ca.subject,
      ...validity,
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey,
      signingKey: caKeys.privateKey,
      extensions: [
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        await x509.AuthorityKeyIdentifierExtension.create(ca),
        ...extensions,
      ],
    });
    const pair = { cert: path.join(dir, `${file}.crt`), key: path.join(dir, `${file}.key`) };
    await writeFile(pair.cert, certificate.toString("pem"));
    const der = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
    await writeFile(pair.key, x509.PemConverter.encode(der, "PRIVATE KEY"), { mode: 0o600 });
    return pair;
  };

  return {
    caFile,
    // etcd uses its server certificate as a client too, hence both usages.
    server: (name) =>
      issue(name, `CN=${name}`, [
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
        new x509.SubjectAlternativeNameExtension([
          ...serverNames.map((value) => ({ type: "dns" as const, value })),
          { type: "ip", value: "127.0.0.1" },
        ]),
      ]),
    client: (name, user, groups = []) =>
      issue(name, [...groups.map((group) => `O=${group}`), `CN=${user}`].join(","), [
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
      ]),
    serviceAccounts: await serviceAccountKeys(dir),
  };
}

async function serviceAccountKeys(dir: string): Promise<ClusterPki["serviceAccounts"]> {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const files = { privateKey: path.join(dir, "service-account.key"), publicKey: path.join(dir, "service-account.pub") };
  // Kubernetes reads elliptic keys in SEC 1 form only.
  await writeFile(files.privateKey, privateKey.export({ type: "sec1", format: "pem" }), { mode: 0o600 });
  await writeFile(files.publicKey, publicKey.export({ type: "spki", format: "pem" }));
  return files;
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

/** Positive, as a serial number must be. */
function serial(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return bytes.toString("hex");
}
