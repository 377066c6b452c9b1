import type { ClientConfig } from "pg";
import * as z from "zod/mini";

import { objectType, property, wholeNumber } from "../../host/properties";
import { crossCheck } from "../../host/validate";

export const sslmodes = ["disable", "require", "verify-ca", "verify-full"] as const;

const text = z.string().check(z.minLength(1));

/** Provider setting `database`. Names and meanings are those of libpq. */
export const databaseSetting = objectType(
  "usersync:index:Database",
  "Connection to Smallstep's `folk` database.",
  {
    host: property("Host name or IP address.", text),
    port: property("Port.", z._default(wholeNumber({ minimum: 1, maximum: 65535 }), 5432)),
    name: property("Name of the database.", z._default(text, "folk")),
    username: property("Database role.", text),
    password: property("Password of the role.", text, { secret: true }),
    sslmode: property(
      `TLS mode of libpq: ${sslmodes.join(", ")}. \`disable\` is allowed only for a loopback host. \`verify-full\` ` +
        "requires a trusted certificate for the host.",
      z._default(z.enum(sslmodes), "verify-full"),
    ),
    sslRootCert: property(
      "Path of a PEM file with the certificate authority to trust instead of the system's. Default: the system's " +
        "authorities.",
      z.optional(text),
    ),
  },
  crossCheck(({ sslmode, host }, report) => {
    const inClear = typeof host === "string" ? cleartextProblem(String(sslmode), host) : undefined;
    if (inClear !== undefined) report(["sslmode"], `${inClear}.`);
  }),
);

/** Connection settings of the database. */
export interface DatabaseSettings extends Omit<z.output<typeof databaseSetting>, "sslRootCert"> {
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
