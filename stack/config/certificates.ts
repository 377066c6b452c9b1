import { X509Certificate } from "node:crypto";
import * as z from "zod";

/** A PEM value that holds only certificates: every user who may read the Job's ConfigMap can read it. */
export const certificates = (description: string) =>
  z
    .string({ error: `must be ${description}` })
    .max(65_536, { error: `is longer than 65536 characters; it must be ${description}`, abort: true })
    .superRefine((value, context) => {
      const problem = certificateProblem(value);
      if (problem !== undefined) context.addIssue({ code: "custom", message: `${problem}; it must be ${description}` });
    });

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
