import "reflect-metadata";

import { randomBytes, webcrypto } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";

import * as x509 from "@peculiar/x509";

/** Private key (PKCS #8) and certificate, both as PEM text. */
export interface IssuedCertificate {
  key: string;
  cert: string;
}

/** Certificate authority for local test servers. Its private key never leaves the process. */
export interface Authority {
  /** Path of a PEM file that contains only the CA certificate. */
  readonly caFile: string;
  /** The CA certificate as PEM text. */
  readonly caPem: string;
  /** Path of a PEM bundle for child processes: the certificates that this machine already trusts, then the CA certificate. */
  readonly bundleFile: string;
  /**
   * Issues a server certificate. `hosts` are DNS names or IP addresses; default: localhost and 127.0.0.1.
   * The certificate is valid until `notAfter`; default: one day from now.
   */
  issue(hosts?: string[], notAfter?: Date): Promise<IssuedCertificate>;
  /** Issues an intermediate CA for a separate CA process. It may sign server and client certificates, but no further CA. Valid for 30 days. */
  intermediate(name: string): Promise<IssuedCertificate>;
  /** Returns environment variables that make Node.js and Go child processes trust the CA in addition to the existing certificates. */
  trustEnvironment(): { NODE_EXTRA_CA_CERTS: string; SSL_CERT_FILE: string };
}

const signing = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const signsCertificates = new x509.KeyUsagesExtension(
  x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
  true,
);
const dayMs = 24 * 3600 * 1000;
const commonBundles = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

/**
 * Creates a certificate authority for local test servers, valid for 30 days.
 * Writes its certificate to `ca.pem` and the bundle to `ca-bundle.pem` in `dir`. Creates `dir` if it does not exist.
 */
export async function createAuthority(dir: string): Promise<Authority> {
  mkdirSync(dir, { recursive: true });
  const keys = await newKeys();
  const notBefore = new Date(Date.now() - 3600 * 1000);
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: "CN=Test CA, O=entra-emulator",
    notBefore,
    notAfter: new Date(Date.now() + 30 * dayMs),
    signingAlgorithm: signing,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 1, true),
      signsCertificates,
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false),
    ],
  });
  const caPem = pemOf(ca);
  const caFile = join(dir, "ca.pem");
  const bundleFile = join(dir, "ca-bundle.pem");
  writeFileSync(caFile, caPem);
  writeFileSync(bundleFile, `${trustedAlready()}${caPem}`);

  async function issue(subject: string, notAfter: Date, extensions: x509.Extension[]): Promise<IssuedCertificate> {
    const own = await newKeys();
    const cert = await x509.X509CertificateGenerator.create({
      serialNumber: serial(),
      subject,
      issuer: ca.subject,
      notBefore,
      notAfter,
      signingAlgorithm: signing,
      publicKey: own.publicKey,
      signingKey: keys.privateKey,
      extensions: [
        ...extensions,
        await x509.SubjectKeyIdentifierExtension.create(own.publicKey, false),
        await x509.AuthorityKeyIdentifierExtension.create(ca, false),
      ],
    });
    const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", own.privateKey), "PRIVATE KEY");
    return { key: withNewline(key), cert: pemOf(cert) };
  }

  return {
    caFile,
    caPem,
    bundleFile,
    trustEnvironment: () => ({ NODE_EXTRA_CA_CERTS: bundleFile, SSL_CERT_FILE: bundleFile }),
    issue: (hosts = ["localhost", "127.0.0.1"], notAfter = new Date(Date.now() + dayMs)) => {
      const names = hosts.map((host) => ({ type: isIP(host) ? ("ip" as const) : ("dns" as const), value: host }));
      return issue(`CN=${hosts[0] ?? "localhost"}`, notAfter, [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension(names),
      ]);
    },
    intermediate: (name) =>
      issue(`CN=${name}, O=entra-emulator`, new Date(Date.now() + 30 * dayMs), [
        new x509.BasicConstraintsExtension(true, 0, true),
        signsCertificates,
      ]),
  };
}

function pemOf(certificate: x509.X509Certificate): string {
  return withNewline(certificate.toString("pem"));
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(signing, true, ["sign", "verify"]);
}

/** Returns a random positive serial number. The top bit is cleared because DER would read it as a negative sign. */
function serial(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return bytes.toString("hex");
}

/** Reads the certificates that child processes trust by default. SSL_CERT_FILE replaces them unless the bundle includes them. */
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
