import type { ClientConfig } from "pg";

export const sslmodes = ["disable", "require", "verify-ca", "verify-full"] as const;

/** How to reach the `folk` database; names and meaning as libpq's. */
export interface FolkSettings {
  host: string;
  port: number;
  database: string;
  username: string;
  password: string;
  sslmode: (typeof sslmodes)[number];
  /** PEM text of the root that vouches for the server. Default: the public ones. */
  rootCert?: string | undefined;
}

/** The same for node-postgres, which by itself takes `require` for `verify-full`. */
export function clientConfig(settings: FolkSettings): ClientConfig {
  const { host, port, database, username, password, rootCert } = settings;
  const ca = rootCert === undefined ? {} : { ca: rootCert };
  const ssl = {
    disable: false,
    require: { rejectUnauthorized: false },
    "verify-ca": { rejectUnauthorized: true, checkServerIdentity: () => undefined, ...ca },
    "verify-full": { rejectUnauthorized: true, ...ca },
  }[settings.sslmode];
  return { host, port, database, user: username, password, ssl, connectionTimeoutMillis: 20_000 };
}
