import type { ClientConfig } from "pg";

export const sslmodes = ["disable", "require", "verify-ca", "verify-full"] as const;

/** Connection settings of the `folk` database. Names and meanings are those of libpq. */
export interface DatabaseSettings {
  host: string;
  port: number;
  name: string;
  username: string;
  password: string;
  sslmode: (typeof sslmodes)[number];
  /** PEM text of the root certificate that the server's certificate must chain to. Default: the public roots. */
  rootCert?: string | undefined;
}

/** Returns whether a host is this machine, so that traffic to it crosses no network. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}

/** Explains why a connection would expose secrets; undefined if the connection is allowed. */
export function cleartextProblem(sslmode: string, host: string): string | undefined {
  if (sslmode !== "disable" || isLoopback(host)) return undefined;
  return (
    `disable would send passwords and SCIM tokens in clear text to ${host}; for a host other than loopback it must be one of ` +
    sslmodes.filter((mode) => mode !== "disable").join(", ")
  );
}

/** Converts the settings for node-postgres, which would treat `require` as `verify-full`. */
export function clientConfig(settings: DatabaseSettings): ClientConfig {
  const { host, port, name, username, password, rootCert: ca } = settings;
  const chainOnly = { rejectUnauthorized: true, checkServerIdentity: () => undefined, ca };
  const ssl = {
    disable: false,
    // Like libpq, `require` verifies the chain when a root certificate is set.
    require: ca === undefined ? { rejectUnauthorized: false } : chainOnly,
    "verify-ca": chainOnly,
    "verify-full": { rejectUnauthorized: true, ca },
  }[settings.sslmode];
  // A URL needs brackets around an IPv6 address, a connection must not have them.
  return {
    host: host.replace(/^\[(.*)\]$/, "$1"),
    port,
    database: name,
    user: username,
    password,
    ssl,
    connectionTimeoutMillis: 20_000,
  };
}
