import {
  sslmodes,
  cleartextProblem,
  type DatabaseSettings,
  type WantedProvisioner,
} from "@smallstep-ssh/usersync/clients";
import type { SwitchSettings } from "./switchTeam";

/** Missing and invalid settings, all reported together. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads settings from the environment and collects the problems. */
class EnvReader {
  readonly problems: string[] = [];
  constructor(private readonly env: Environment) {}

  text(name: string): string {
    const value = this.env[name] ?? "";
    if (value === "") this.problems.push(`${name}: is missing`);
    return value;
  }

  optional(name: string): string | undefined {
    return this.env[name] === "" ? undefined : this.env[name];
  }

  /** Reads comma-separated values, at least one. */
  list(name: string): string[] {
    return split(this.text(name));
  }

  /** Reads comma-separated values; none when the variable is empty. */
  optionalList(name: string): string[] {
    return split(this.env[name] ?? "");
  }

  integer(name: string, min: number): number {
    const value = this.text(name);
    if (value !== "" && !(/^\d{1,9}$/.test(value) && Number(value) >= min)) {
      this.problems.push(`${name}: is not a whole number of at least ${min}`);
    }
    return Number(value);
  }

  https(name: string): string {
    const value = this.text(name);
    if (value !== "" && !(URL.canParse(value) && new URL(value).protocol === "https:")) {
      this.problems.push(`${name}: is not an https:// URL`);
    }
    return value.replace(/\/+$/, "");
  }

  done<T>(settings: T): T {
    if (this.problems.length > 0) throw new SettingsError(this.problems.join("\n"));
    return settings;
  }
}

function split(text: string): string[] {
  return text.split(",").filter((value) => value !== "");
}

export interface CompareSettings {
  caUrl: string;
  /** PEM root certificate of the CA. Default: the public roots. */
  rootCert: string | undefined;
  wanted: WantedProvisioner;
}

export function compareSettings(env: Environment): CompareSettings {
  const read = new EnvReader(env);
  return read.done({
    caUrl: read.https("CA_URL"),
    rootCert: read.optional("ROOT_CERT"),
    wanted: {
      name: read.text("PROVISIONER_NAME"),
      clientId: read.text("CLIENT_ID"),
      clientSecret: read.text("CLIENT_SECRET"),
      configurationEndpoint: read.https("CONFIGURATION_ENDPOINT"),
      tenantId: read.text("TENANT_ID"),
      domains: read.list("DOMAINS"),
      listenAddress: read.optional("LISTEN_ADDRESS") ?? "",
    },
  });
}

export interface WaitSettings {
  /** SCIM endpoint of the directory: `https://host/DIRECTORY/v2`. */
  tenantUrl: string;
  token: string;
  /** PEM root certificate of the SCIM server. Default: the public roots. */
  rootCert: string | undefined;
  minimumUsers: number;
  /** User names that must be among these users. */
  requiredUsers: readonly string[];
  timeoutSeconds: number;
}

export function waitSettings(env: Environment): WaitSettings {
  const read = new EnvReader(env);
  return read.done({
    tenantUrl: read.https("TENANT_URL"),
    token: read.text("SCIM_TOKEN"),
    rootCert: read.optional("ROOT_CERT"),
    minimumUsers: read.integer("MINIMUM_USERS", 1),
    requiredUsers: read.optionalList("REQUIRED_USERS"),
    timeoutSeconds: read.integer("WAIT_SECONDS", 1),
  });
}

export function switchSettings(env: Environment): SwitchSettings {
  const read = new EnvReader(env);
  const sslmode = read.text("PGSSLMODE");
  if (sslmode !== "" && !sslmodes.some((mode) => mode === sslmode)) {
    read.problems.push(`PGSSLMODE: is not one of ${sslmodes.join(", ")}`);
  }
  const inClear = cleartextProblem(sslmode, env["PGHOST"] ?? "");
  if (inClear !== undefined) read.problems.push(`PGSSLMODE: ${inClear}`);
  return read.done({
    database: {
      host: read.text("PGHOST"),
      port: read.integer("PGPORT", 1),
      name: read.text("PGDATABASE"),
      username: read.text("PGUSER"),
      password: read.text("PGPASSWORD"),
      sslmode: sslmode as DatabaseSettings["sslmode"],
      rootCert: read.optional("DATABASE_ROOT_CERT"),
    },
    teamSlug: read.text("TEAM_SLUG"),
    directoryId: read.text("DIRECTORY_ID"),
    allowSharedDirectory: read.optional("ALLOW_SHARED_DIRECTORY") === "true",
  });
}
