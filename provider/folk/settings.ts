import type { ClientConfig } from "pg";

export const sslmodes = ["disable", "require", "verify-ca", "verify-full"] as const;

/** How to reach the `folk` database; names and meaning as libpq's. */
export interface DatabaseSettings {
  host: string;
  port: number;
  name: string;
  username: string;
  password: string;
  sslmode: (typeof sslmodes)[number];
  /** PEM text of the root that vouches for the server. Default: the public ones. */
  rootCert?: string | undefined;
}

/** Whether a host is this machine itself, so that what is sent there passes no network. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}

/** Why a connection must not be made in this way; undefined when it may. */
export function cleartextProblem(sslmode: string, host: string): string | undefined {
  if (sslmode !== "disable" || isLoopback(host)) return undefined;
  return (
    `disable would send passwords and SCIM tokens in clear to ${host}; outside of loopback it must be one of ` +
    sslmodes.filter((mode) => mode !== "disable").join(", ")
  );
}

/** The same for node-postgres, which by itself takes `require` for `verify-full`. */
export function clientConfig(settings: DatabaseSettings): ClientConfig {
  const { host, port, name, username, password, rootCert } = settings;
  const ca = rootCert === undefined ? {} : { ca: rootCert };
  const chainOnly = { rejectUnauthorized: true, checkServerIdentity: () => undefined, ...ca };
  const ssl = {
    disable: false,
    // As libpq: a root certificate that is given is used.
    require: rootCert === undefined ? { rejectUnauthorized: false } : chainOnly,
    "verify-ca": chainOnly,
    "verify-full": { rejectUnauthorized: true, ...ca },
  }[settings.sslmode];
  return { host, port, database: name, user: username, password, ssl, connectionTimeoutMillis: 20_000 };
}
