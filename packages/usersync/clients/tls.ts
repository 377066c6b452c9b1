import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";

const made = new Map<string, SecureContext>();

/**
 * Returns a TLS context that trusts the public roots and one more certificate authority (PEM). Cached per authority,
 * because Node.js would parse all public roots again for each connection.
 */
export function secureContextFor(authority: string): SecureContext {
  const known = made.get(authority);
  if (known !== undefined) return known;
  const secureContext = createSecureContext({ ca: [...rootCertificates, authority] });
  made.set(authority, secureContext);
  return secureContext;
}
