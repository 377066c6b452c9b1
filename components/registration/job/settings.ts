import { cleartextProblem, sslmodes, type WantedProvisioner } from "@smallstep-ssh/usersync/clients";
import * as z from "zod/mini";
import type { SwitchSettings } from "./switchTeam";

type Environment = Readonly<Record<string, string | undefined>>;

const text = z.string("is missing").check(z.minLength(1, { error: "is missing", abort: true }));
const optional = z.optional(z.string());
const https = text.check(
  z.refine((url) => URL.canParse(url) && new URL(url).protocol === "https:", "is not an https:// URL"),
);
const count = text.check(z.regex(/^0*[1-9]\d{0,8}$/, "is not a whole number of at least 1"));

/** Reads settings from the environment. @throws Error that lists all missing and invalid ones */
function readEnvironment<T>(shape: z.ZodMiniType<T>, env: Environment): T {
  const { success, data, error } = shape.safeParse(env);
  if (success) return data;
  throw new Error(error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("\n"));
}

/** Splits comma-separated values. */
function split(list = ""): string[] {
  return list.split(",").filter((value) => value !== "");
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}

const compareEnvironment = z.object({
  CA_URL: https,
  ROOT_CERT: optional,
  PROVISIONER_NAME: text,
  CLIENT_ID: text,
  CLIENT_SECRET: text,
  CONFIGURATION_ENDPOINT: https,
  TENANT_ID: text,
  DOMAINS: text,
  LISTEN_ADDRESS: optional,
});

export interface CompareSettings {
  caUrl: string;
  /** PEM root certificate of the CA. Default: the public roots. */
  rootCert: string | undefined;
  wanted: WantedProvisioner;
}

export function compareSettings(env: Environment): CompareSettings {
  const given = readEnvironment(compareEnvironment, env);
  return {
    caUrl: withoutSlash(given.CA_URL),
    rootCert: given.ROOT_CERT || undefined,
    wanted: {
      name: given.PROVISIONER_NAME,
      clientId: given.CLIENT_ID,
      clientSecret: given.CLIENT_SECRET,
      configurationEndpoint: withoutSlash(given.CONFIGURATION_ENDPOINT),
      tenantId: given.TENANT_ID,
      domains: split(given.DOMAINS),
      listenAddress: given.LISTEN_ADDRESS ?? "",
    },
  };
}

const waitEnvironment = z.object({
  TENANT_URL: https,
  SCIM_TOKEN: text,
  ROOT_CERT: optional,
  MINIMUM_USERS: count,
  REQUIRED_USERS: optional,
  HIDE_USERS: optional,
  WAIT_SECONDS: count,
});

export interface WaitSettings {
  /** SCIM endpoint of the directory: `https://host/DIRECTORY/v2`. */
  tenantUrl: string;
  token: string;
  /** PEM root certificate of the SCIM server. Default: the public roots. */
  rootCert: string | undefined;
  minimumUsers: number;
  /** User names that must be among these users. */
  requiredUsers: readonly string[];
  /** Whether messages count the missing required users and name none. */
  hideUsers: boolean;
  timeoutSeconds: number;
}

export function waitSettings(env: Environment): WaitSettings {
  const given = readEnvironment(waitEnvironment, env);
  return {
    tenantUrl: withoutSlash(given.TENANT_URL),
    token: given.SCIM_TOKEN,
    rootCert: given.ROOT_CERT || undefined,
    minimumUsers: Number(given.MINIMUM_USERS),
    requiredUsers: split(given.REQUIRED_USERS),
    hideUsers: given.HIDE_USERS === "true",
    timeoutSeconds: Number(given.WAIT_SECONDS),
  };
}

const switchEnvironment = z.object({
  PGHOST: text,
  PGPORT: count,
  PGDATABASE: text,
  PGUSER: text,
  PGPASSWORD: text,
  PGSSLMODE: z.enum(sslmodes, `is not one of ${sslmodes.join(", ")}`),
  DATABASE_ROOT_CERT: optional,
  TEAM_SLUG: text,
  DIRECTORY_ID: text,
  ALLOW_SHARED_DIRECTORY: optional,
});

export function switchSettings(env: Environment): SwitchSettings {
  const inClear = cleartextProblem(env["PGSSLMODE"] ?? "", env["PGHOST"] ?? "");
  if (inClear !== undefined) throw new Error(`PGSSLMODE: ${inClear}`);
  const given = readEnvironment(switchEnvironment, env);
  return {
    database: {
      host: given.PGHOST,
      port: Number(given.PGPORT),
      name: given.PGDATABASE,
      username: given.PGUSER,
      password: given.PGPASSWORD,
      sslmode: given.PGSSLMODE,
      rootCert: given.DATABASE_ROOT_CERT || undefined,
    },
    teamSlug: given.TEAM_SLUG,
    directoryId: given.DIRECTORY_ID,
    allowSharedDirectory: given.ALLOW_SHARED_DIRECTORY === "true",
  };
}
