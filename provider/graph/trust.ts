import { createSecureContext, rootCertificates } from "node:tls";

import type { TlsSettings } from "@azure/core-rest-pipeline";

const made = new Map<string, TlsSettings>();

/**
 * Trust in one more certificate authority (PEM) besides the usual ones. Made once for each: Node.js would read all the usual ones again
 * for every single connection. That the context is handed on to `tls.connect` is not in the published type.
 */
export function trusting(authority: string): TlsSettings {
  const known = made.get(authority);
  if (known !== undefined) return known;
  const secureContext = createSecureContext({ ca: [...rootCertificates, authority] });
  const settings = { secureContext } as TlsSettings;
  made.set(authority, settings);
  return settings;
}
