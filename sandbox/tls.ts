import "reflect-metadata";

import { randomBytes, webcrypto } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import * as x509 from "@peculiar/x509";

/** A key pair and its certificate, as PEM texts. */
export interface IssuedCertificate {
  key: string;
  cert: string;
}

/** A certificate authority of one sandbox. Its private key never leaves the process. */
export interface Authority {
  /** Path of the CA certificate (PEM, nothing else in the file). */
  readonly caFile: string;
  /** The CA certificate as PEM text. */
  readonly caPem: string;
  /** Path of a PEM bundle: what this machine trusts already, then the CA. For child processes. */
  readonly bundleFile: string;
  /**
   * A server certificate. `hosts` are DNS names or IP addresses; default: localhost, 127.0.0.1.
   * Valid for a day, or until `notAfter`.
   */
  issue(hosts?: string[], notAfter?: Date): Promise<IssuedCertificate>;
  /** An authority below this one, for a CA that runs beside us: it may issue for servers and clients, not for further authorities. */
  intermediate(name: string): Promise<IssuedCertificate>;
  /** Environment that makes Node.js and Go child processes trust the CA besides what they trust already. */
  trustEnvironment(): { NODE_EXTRA_CA_CERTS: string; SSL_CERT_FILE: string };
}

const signing = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const dayMs = 24 * 3600 * 1000;
const commonBundles = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

/**
 * Makes a certificate authority for the servers of a sandbox and writes its certificate to `dir`
 * (created if needed) as `ca.pem`, and the bundle as `ca-bundle.pem`.
 */
export async function createAuthority(dir: string): Promise<Authority> {
  mkdirSync(dir, { recursive: true });
  const keys = await newKeys();
  const notBefore = new Date(Date.now() - 3600 * 1000);
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: "CN=Sandbox CA, O=Smallstep SSH sandbox",
    notBefore,
    notAfter: new Date(Date.now() + 30 * dayMs),
    signingAlgorithm: signing,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 1, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false),
    ],
  });
  const issuedBy = (subject: string, publicKey: webcrypto.CryptoKey, notAfter: number, extensions: x509.Extension[]) =>
    x509.X509CertificateGenerator.create({
      serialNumber: serial(),
      subject,
      issuer: ca.subject,
      notBefore,
      notAfter: new Date(notAfter),
      signingAlgorithm: signing,
      publicKey,
      signingKey: keys.privateKey,
      extensions,
    });
  const caPem = withNewline(ca.toString("pem"));
  const caFile = join(dir, "ca.pem");
  const bundleFile = join(dir, "ca-bundle.pem");
  writeFileSync(caFile, caPem);
  writeFileSync(bundleFile, `${trustedAlready()}${caPem}`);

  return {
    caFile,
    caPem,
    bundleFile,
    trustEnvironment: () => ({ NODE_EXTRA_CA_CERTS: bundleFile, SSL_CERT_FILE: bundleFile }),
    issue: async (hosts = ["localhost", "127.0.0.1"], notAfter = new Date(Date.now() + dayMs)) => {
      const serverKeys = await newKeys();
      const cert = await issuedBy(`CN=${hosts[0] ?? "localhost"}`, serverKeys.publicKey, notAfter.getTime(), [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension(
          hosts.map((host) => ({ type: isIpAddress(host) ? "ip" : "dns", value: host })),
        ),
        await x509.AuthorityKeyIdentifierExtension.create(ca, false),
      ]);
      return { key: await privatePem(serverKeys.privateKey), cert: withNewline(cert.toString("pem")) };
    },
    intermediate: async (name) => {
      const ownKeys = await newKeys();
      const cert = await issuedBy(`CN=${name}, O=Smallstep SSH sandbox`, ownKeys.publicKey, Date.now() + 30 * dayMs, [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(ownKeys.publicKey, false),
        await x509.AuthorityKeyIdentifierExtension.create(ca, false),
      ]);
      return { key: await privatePem(ownKeys.privateKey), cert: withNewline(cert.toString("pem")) };
    },
  };
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(signing, true, ["sign", "verify"]);
}

async function privatePem(key: webcrypto.CryptoKey): Promise<string> {
  const der = await webcrypto.subtle.exportKey("pkcs8", key);
  return withNewline(x509.PemConverter.encode(der, "PRIVATE KEY"));
}

/** A positive serial number: a leading bit of one would make it negative in DER. */
function serial(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return bytes.toString("hex");
}

function isIpAddress(host: string): boolean {
  return /^[\d.]+$/.test(host) || host.includes(":");
}

/** The certificates that child processes would trust without us, which SSL_CERT_FILE would otherwise replace. */
function trustedAlready(): string {
  const named = [process.env["SSL_CERT_FILE"], process.env["NODE_EXTRA_CA_CERTS"]];
  const files = [...new Set([...named, commonBundles.find((file) => existsSync(file))])];
  return files
    .filter((file): file is string => file !== undefined && file !== "" && existsSync(file))
    .map((file) => withNewline(readFileSync(file, "utf8")))
    .join("");
}

function withNewline(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}
