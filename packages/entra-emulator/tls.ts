import "reflect-metadata";

import { KeyObject, webcrypto } from "node:crypto";
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

const commonBundles = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

/**
 * Creates a certificate authority for local test servers, valid for 30 days.
 * Writes its certificate to `ca.pem` and the bundle to `ca-bundle.pem` in `dir`. Creates `dir` if it does not exist.
 */
export async function createAuthority(dir: string): Promise<Authority> {
  const issuer = "CN=Test CA, O=entra-emulator";
  const caKeys = await newKeys();

  async function sign(subject: string, publicKey: webcrypto.CryptoKey, notAfter: Date, extensions: x509.Extension[]) {
    const certificate = await x509.X509CertificateGenerator.create({
      subject,
      issuer,
      notBefore: inDays(-1 / 24),
      notAfter,
      publicKey,
      signingKey: caKeys.privateKey,
      extensions: [
        ...extensions,
        await x509.SubjectKeyIdentifierExtension.create(publicKey, false),
        await x509.AuthorityKeyIdentifierExtension.create(caKeys.publicKey, false),
      ],
    });
    return `${certificate.toString("pem")}\n`;
  }

  async function issue(subject: string, notAfter: Date, extensions: x509.Extension[]): Promise<IssuedCertificate> {
    const { privateKey, publicKey } = await newKeys();
    const key = KeyObject.from(privateKey).export({ type: "pkcs8", format: "pem" }).toString();
    return { key, cert: await sign(subject, publicKey, notAfter, extensions) };
  }

  const caPem = await sign(issuer, caKeys.publicKey, inDays(30), signsCertificates(1));
  const caFile = join(dir, "ca.pem");
  const bundleFile = join(dir, "ca-bundle.pem");
  mkdirSync(dir, { recursive: true });
  writeFileSync(caFile, caPem);
  writeFileSync(bundleFile, [...trustedAlready(), caPem].join("\n"));
  return {
    caFile,
    caPem,
    bundleFile,
    trustEnvironment: () => ({ NODE_EXTRA_CA_CERTS: bundleFile, SSL_CERT_FILE: bundleFile }),
    issue: (hosts = ["localhost", "127.0.0.1"], notAfter = inDays(1)) => {
      const names = hosts.map((host) => ({ type: isIP(host) ? ("ip" as const) : ("dns" as const), value: host }));
      return issue(`CN=${hosts[0] ?? "localhost"}`, notAfter, [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension(names),
      ]);
    },
    intermediate: (name) => issue(`CN=${name}, O=entra-emulator`, inDays(30), signsCertificates(0)),
  };
}

/** Returns the extensions of a CA. @param pathLength number of CAs that may follow in a chain */
function signsCertificates(pathLength: number): x509.Extension[] {
  const { keyCertSign, cRLSign } = x509.KeyUsageFlags;
  return [
    new x509.BasicConstraintsExtension(true, pathLength, true),
    new x509.KeyUsagesExtension(keyCertSign | cRLSign, true),
  ];
}

function newKeys() {
  return webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
}

function inDays(days: number): Date {
  return new Date(Date.now() + days * 24 * 3600 * 1000);
}

/** Reads the certificates that child processes trust by default. SSL_CERT_FILE replaces them unless the bundle includes them. */
function trustedAlready(): string[] {
  const named = [process.env["SSL_CERT_FILE"], process.env["NODE_EXTRA_CA_CERTS"]];
  const files = new Set([...named, commonBundles.find((file) => existsSync(file))]);
  return [...files].flatMap((file) => (file && existsSync(file) ? readFileSync(file, "utf8") : []));
}
