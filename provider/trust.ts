import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";

const made = new Map<string, SecureContext>();

/**
 * Trust in one more certificate authority (PEM) besides the public ones. Made once for each: Node.js would read all the public ones
 * again for every single connection.
 */
export function secureContextFor(authority: string): SecureContext {
  const known = made.get(authority);
  if (known !== undefined) return known;
  const secureContext = createSecureContext({ ca: [...rootCertificates, authority] });
  made.set(authority, secureContext);
  return secureContext;
}
