import { readFileSync } from "node:fs";
import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";

const made = new Map<string, SecureContext>();

/**
 * Returns a TLS context that trusts the public roots, those of NODE_EXTRA_CA_CERTS and one more certificate authority
 * (PEM). Cached per authority, because Node.js would parse all public roots again for each connection.
 */
export function secureContextFor(authority: string): SecureContext {
  const cached = made.get(authority);
  if (cached !== undefined) return cached;
  const file = process.env["NODE_EXTRA_CA_CERTS"];
  const extra = file ? [readExtra(file)] : [];
  const secureContext = createSecureContext({ ca: [...rootCertificates, ...extra, authority] });
  made.set(authority, secureContext);
  return secureContext;
}

function readExtra(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new Error(`the file ${file} of NODE_EXTRA_CA_CERTS cannot be read`, { cause });
  }
}
