import { createPrivateKey, X509Certificate } from "node:crypto";
import { accessSync, constants, mkdirSync, readFileSync } from "node:fs";

import type { CertificateSource } from "../emulator";
import { createAuthority } from "../tls";
import { CommandError, onFiles } from "./commandError";

/** A certificate for the server, and the files with which clients trust it. */
export interface CommandCertificate {
  source: CertificateSource;
  /** The generated CA; not set for an existing certificate, whose CA the clients must already trust. */
  ca?: { caFile: string; bundleFile: string };
}

/** The generated CA is valid for 30 days. */
const lifetimeMs = 29 * 24 * 3600 * 1000;

/** Creates a certificate authority whose certificate is written to `dir`. @throws CommandError */
export async function generatedCertificate(dir: string): Promise<CommandCertificate> {
  onFiles(`write the CA certificate to ${dir} (--ca-out)`, () => {
    mkdirSync(dir, { recursive: true });
    accessSync(dir, constants.W_OK);
  });
  const authority = await createAuthority(dir);
  const { caPem, caFile, bundleFile } = authority;
  const hosts = ["localhost", "127.0.0.1", "::1"];
  const issue = () => authority.issue(hosts, new Date(Date.now() + lifetimeMs));
  return { source: { caPem, issue }, ca: { caFile, bundleFile } };
}

/** Reads an existing certificate for localhost and its key. @throws CommandError if they are invalid or do not match */
export function existingCertificate(certFile: string, keyFile: string): CommandCertificate {
  const cert = onFiles(`read ${certFile} (--cert)`, () => readFileSync(certFile, "utf8"));
  const key = onFiles(`read ${keyFile} (--key)`, () => readFileSync(keyFile, "utf8"));
  const certificate = parsed(`${certFile} (--cert) is not a certificate`, () => new X509Certificate(cert));
  const privateKey = parsed(`${keyFile} (--key) is not an unencrypted private key`, () => createPrivateKey(key));
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new CommandError(`${keyFile} (--key) is not the private key of the certificate in ${certFile} (--cert).`);
  }
  if (certificate.checkHost("localhost") === undefined) {
    throw new CommandError(`The certificate in ${certFile} (--cert) is not valid for the host name localhost.`);
  }
  if (Date.parse(certificate.validTo) <= Date.now()) {
    throw new CommandError(`The certificate in ${certFile} (--cert) expired on ${certificate.validTo}.`);
  }
  return { source: { caPem: cert, issue: () => Promise.resolve({ cert, key }) } };
}

function parsed<T>(problem: string, parse: () => T): T {
  try {
    return parse();
  } catch {
    throw new CommandError(`${problem} in PEM format.`);
  }
}
