import { readFileSync } from "node:fs";
import type { ClientConfig } from "pg";

import type { CheckFailure, PropertyMap, PropertyValue } from "@smallstep-ssh/usersync/host";
import { checkInputs, type Inputs } from "../common/inputs";

/** The settings of the official provider that the sandbox needs. */
export const inputs: Inputs = {
  host: { type: "text" },
  port: { type: "number", check: (port: number) => (isPort(port) ? undefined : `${port} is not a port number.`) },
  database: { type: "text" },
  username: { type: "text" },
  password: { type: "text" },
  databaseUsername: { type: "text" },
  superuser: { type: "flag" },
  sslmode: {
    type: "text",
    check: (mode: string) => (isSslmode(mode) ? undefined : `"${mode}" is not one of ${sslmodes.join(", ")}.`),
  },
  sslrootcert: { type: "text" },
  connectTimeout: { type: "number" },
  maxConnections: { type: "number" },
};

/** The part of the package schema that distinguishes strings from numbers and booleans in the stack configuration. */
export const schema = {
  name: "postgresql",
  provider: {
    inputProperties: Object.fromEntries(
      Object.entries(inputs).map(([name, { type }]) => [
        name,
        { type: type === "flag" ? "boolean" : type === "number" ? "integer" : "string" },
      ]),
    ),
  },
};

const sslmodes = ["disable", "require", "verify-ca", "verify-full"] as const;
type Sslmode = (typeof sslmodes)[number];

/** Address of the server and credentials. */
export interface Settings {
  host: string;
  port: number;
  database: string;
  username: string;
  password?: string;
  /** Database role of `username`, if a user name map changes it. */
  databaseUsername: string;
  superuser: boolean;
  sslmode: Sslmode;
  /** Path of a PEM file. */
  sslrootcert?: string;
  connectTimeoutSeconds: number;
  maxConnections: number;
}

export function checkSettings(news: PropertyMap): CheckFailure[] {
  const { failures } = checkInputs(inputs, news, "the postgresql provider");
  const file = news["sslrootcert"];
  if (typeof file === "string" && file !== "") {
    try {
      readFileSync(file);
    } catch (error) {
      failures.push({ property: "sslrootcert", reason: `cannot be read (${(error as Error).message}).` });
    }
  }
  return failures;
}

/**
 * Returns the settings with the official provider's defaults: first libpq's environment variables, then fixed values.
 */
export function readSettings(given: PropertyMap, env: NodeJS.ProcessEnv): Settings {
  const text = (value: PropertyValue | undefined, name: string): string | undefined =>
    typeof value === "string" && value !== "" ? value : env[name] || undefined;
  const number = (value: PropertyValue | undefined, name: string, fallback: number): number =>
    typeof value === "number" ? value : Number(env[name] || fallback);
  const username = text(given["username"], "PGUSER") ?? "postgres";
  const password = text(given["password"], "PGPASSWORD");
  const rootcert = text(given["sslrootcert"], "PGSSLROOTCERT");
  const sslmode = text(given["sslmode"], "PGSSLMODE") ?? "require";
  if (!isSslmode(sslmode)) throw new Error(`sslmode: "${sslmode}" is not one of ${sslmodes.join(", ")}.`);
  const superuser = given["superuser"];
  return {
    host: text(given["host"], "PGHOST") ?? "localhost",
    port: number(given["port"], "PGPORT", 5432),
    database: text(given["database"], "PGDATABASE") ?? "postgres",
    username,
    ...(password === undefined ? {} : { password }),
    databaseUsername: text(given["databaseUsername"], "") ?? username,
    superuser: typeof superuser === "boolean" ? superuser : !/^(0|f|false)$/i.test(env["PGSUPERUSER"] ?? ""),
    sslmode,
    ...(rootcert === undefined ? {} : { sslrootcert: rootcert }),
    connectTimeoutSeconds: number(given["connectTimeout"], "PGCONNECT_TIMEOUT", 180),
    maxConnections: number(given["maxConnections"], "", 20),
  };
}

/** Converts the settings for node-postgres, which otherwise treats `require` as `verify-full`. */
export function clientConfig(settings: Settings, database: string): ClientConfig {
  const { host, port, username, password, sslmode, sslrootcert, connectTimeoutSeconds } = settings;
  const ca = sslrootcert === undefined ? {} : { ca: readFileSync(sslrootcert, "utf8") };
  const chainOnly = { rejectUnauthorized: true, checkServerIdentity: () => undefined, ...ca };
  const ssl = {
    disable: false,
    // Like libpq, verify the chain if a root certificate is set.
    require: sslrootcert === undefined ? { rejectUnauthorized: false } : chainOnly,
    "verify-ca": chainOnly,
    "verify-full": { rejectUnauthorized: true, ...ca },
  }[sslmode];
  return {
    host,
    port,
    database,
    user: username,
    ...(password === undefined ? {} : { password }),
    ssl,
    connectionTimeoutMillis: connectTimeoutSeconds * 1000,
    application_name: "Pulumi provider",
  };
}

function isSslmode(value: string): value is Sslmode {
  return (sslmodes as readonly string[]).includes(value);
}

function isPort(value: number): boolean {
  return Number.isInteger(value) && value > 0 && value < 65536;
}
