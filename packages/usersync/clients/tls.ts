import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";

const made = new Map<string, SecureContext>();

/**
 * Returns a TLS context that trusts the public roots and one more certificate authority (PEM). Cached per authority,
 * because Node.js would parse all public roots again for each connection.
 */
export function secureContextFor(authority: string): SecureContext {
  const cached = made.get(authority);
  if (cached !== undefined) return cached;
  const secureContext = createSecureContext({ ca: [...rootCertificates, authority] });
  made.set(authority, secureContext);
  return secureContext;
}
