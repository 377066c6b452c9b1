import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { ConfigurationError } from "./problems";

/** Returns why a text is not a PEM bundle of certificates; undefined when it is one. */
export function certificateProblem(pem: string): string | undefined {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) return "holds a private key, which must not be published";
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]*-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) return "is not a PEM certificate (-----BEGIN CERTIFICATE-----)";
  for (const [index, block] of blocks.entries()) {
    try {
      new X509Certificate(block);
    } catch {
      return `holds a certificate that cannot be read (number ${index + 1})`;
    }
  }
  return undefined;
}

/**
 * Reads the root certificate of the folk database, which the Job receives in its ConfigMap. The file must hold only certificates.
 * @throws ConfigurationError when the file cannot be read, or holds anything that must not be published
 */
export function readDatabaseRootCert(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  let pem: string;
  try {
    pem = readFileSync(file, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    throw new ConfigurationError([`database.sslRootCert: the file ${file} cannot be read (${code})`]);
  }
  const problem = certificateProblem(pem);
  if (problem !== undefined) throw new ConfigurationError([`database.sslRootCert: the file ${file} ${problem}`]);
  return pem;
}
