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

/** The cluster's certificate authority. Separate from the sandbox's web CA because its certificates grant cluster access. */
export interface ClusterPki {
  caFile: string;
  /** Issues a server certificate for localhost, 127.0.0.1 and the names of the `kubernetes` Service. */
  server(name: string): Promise<Pair>;
  /** Issues a client certificate. Kubernetes identifies the client as `user`, a member of `groups`. */
  client(name: string, user: string, groups?: string[]): Promise<Pair>;
  /** Paths of the key pair that signs service account tokens. */
  serviceAccounts: { privateKey: string; publicKey: string };
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const serverNames = ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"];

/** Creates the cluster's keys and certificates in `dir`. They are valid for 30 days, longer than any sandbox runs. */
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
    // etcd also uses its server certificate as a client certificate, so it needs both usages.
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
  // Kubernetes reads elliptic-curve keys only in SEC 1 format.
  await writeFile(files.privateKey, privateKey.export({ type: "sec1", format: "pem" }), { mode: 0o600 });
  await writeFile(files.publicKey, publicKey.export({ type: "spki", format: "pem" }));
  return files;
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

/** Returns a random positive serial number, in hexadecimal. X.509 requires a positive number. */
function serial(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return bytes.toString("hex");
}
