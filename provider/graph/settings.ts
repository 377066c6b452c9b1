import type { CheckFailure } from "../host";

/** Clouds that Entra ID runs in, by the names that azuread takes. */
export const environments = ["public", "usgovernment", "dod", "china"] as const;
export type Environment = (typeof environments)[number];

const aliases: Readonly<Record<string, Environment>> = {
  global: "public",
  usgovernmentl4: "usgovernment",
  usgovernmentl5: "dod",
};

/** Who calls Microsoft Graph, and in which cloud; the names and environment variables are those of azuread. */
export interface GraphSettings {
  /** Tenant id, or one of its domains. Needed by all but `useCli`. [ARM_TENANT_ID] */
  tenantId?: string;
  /** Client id of the app registration that deploys. [ARM_CLIENT_ID] */
  clientId?: string;
  /** [ARM_CLIENT_SECRET] */
  clientSecret?: string;
  /** Sign in with a token of another issuer (GitHub, GitLab, Kubernetes). Default false. [ARM_USE_OIDC] */
  useOidc?: boolean;
  /** That token. [ARM_OIDC_TOKEN] */
  oidcToken?: string;
  /** File that holds it, read again whenever a token is needed. [ARM_OIDC_TOKEN_FILE_PATH] */
  oidcTokenFilePath?: string;
  /** Where to ask for it, as GitHub Actions offers. [ARM_OIDC_REQUEST_URL, ACTIONS_ID_TOKEN_REQUEST_URL] */
  oidcRequestUrl?: string;
  /** [ARM_OIDC_REQUEST_TOKEN, ACTIONS_ID_TOKEN_REQUEST_TOKEN] */
  oidcRequestToken?: string;
  /** Managed identity. Default false. [ARM_USE_MSI] */
  useMsi?: boolean;
  /** Where the managed identity's tokens are had, if not from the usual address. [ARM_MSI_ENDPOINT] */
  msiEndpoint?: string;
  /** The Azure CLI's sign-in, when nothing else is given. Default true. [ARM_USE_CLI] */
  useCli?: boolean;
  /** Default `public`. [ARM_ENVIRONMENT] */
  environment?: Environment;
  /** `host[:port]` that describes a cloud not named above, over HTTPS. [ARM_METADATA_HOSTNAME] */
  metadataHost?: string;
}

const variables: Readonly<Record<keyof GraphSettings, readonly string[]>> = {
  tenantId: ["ARM_TENANT_ID"],
  clientId: ["ARM_CLIENT_ID"],
  clientSecret: ["ARM_CLIENT_SECRET"],
  useOidc: ["ARM_USE_OIDC"],
  oidcToken: ["ARM_OIDC_TOKEN"],
  oidcTokenFilePath: ["ARM_OIDC_TOKEN_FILE_PATH"],
  oidcRequestUrl: ["ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL"],
  oidcRequestToken: ["ARM_OIDC_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"],
  useMsi: ["ARM_USE_MSI"],
  msiEndpoint: ["ARM_MSI_ENDPOINT"],
  useCli: ["ARM_USE_CLI"],
  environment: ["ARM_ENVIRONMENT"],
  metadataHost: ["ARM_METADATA_HOSTNAME"],
};
const flags: ReadonlySet<string> = new Set(["useOidc", "useMsi", "useCli"]);
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const domain = /^([a-z0-9-]+\.)+[a-z]{2,}$/i;
const host = /^[a-z0-9.-]+(:\d{1,5})?$/i;

/** Settings as given, the environment where a setting is absent, and all that is wrong with them. Nothing is called. */
export function readGraphSettings(
  given: Readonly<Record<string, unknown>>,
  env: NodeJS.ProcessEnv = process.env,
): { settings: GraphSettings; failures: CheckFailure[] } {
  const settings: Record<string, string | boolean> = {};
  const failures: CheckFailure[] = [];
  for (const [name, names] of Object.entries(variables)) {
    const value = given[name] ?? names.map((variable) => env[variable]).find((set) => set !== undefined && set !== "");
    if (typeof value === "symbol" || value === undefined || value === null || value === "") continue;
    if (flags.has(name)) {
      if (value === true || /^(true|1)$/i.test(String(value))) settings[name] = true;
      else if (value === false || /^(false|0)$/i.test(String(value))) settings[name] = false;
      else failures.push({ property: name, reason: "must be true or false." });
    } else if (typeof value === "string") settings[name] = value;
    else failures.push({ property: name, reason: "must be text." });
  }
  const { tenantId, clientId, environment, metadataHost } = settings;
  if (typeof tenantId === "string" && !guid.test(tenantId) && !domain.test(tenantId)) {
    failures.push({ property: "tenantId", reason: `"${tenantId}" is neither a GUID nor a domain of a tenant.` });
  }
  if (typeof clientId === "string" && !guid.test(clientId)) {
    failures.push({ property: "clientId", reason: `"${clientId}" is not a GUID, which client ids are.` });
  }
  if (typeof environment === "string") {
    const known = aliases[environment.toLowerCase()] ?? environments.find((name) => name === environment.toLowerCase());
    if (known === undefined) {
      failures.push({ property: "environment", reason: `"${environment}" is not one of ${environments.join(", ")}.` });
    } else settings["environment"] = known;
  }
  if (typeof metadataHost === "string" && !host.test(metadataHost)) {
    failures.push({ property: "metadataHost", reason: `"${metadataHost}" is not a host name with an optional port.` });
  }
  return { settings: settings as GraphSettings, failures };
}

/** The values of settings that are credentials. */
export function secretsOf({ clientSecret, oidcToken, oidcRequestToken }: GraphSettings): string[] {
  return [clientSecret, oidcToken, oidcRequestToken].filter((secret) => secret !== undefined);
}
