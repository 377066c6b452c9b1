import type { CheckFailure } from "../../host/types";

/** Clouds of Entra ID, by azuread's names. */
export const environments = ["public", "usgovernment", "dod", "china"] as const;
export type Environment = (typeof environments)[number];

const aliases: Readonly<Record<string, Environment>> = {
  global: "public",
  usgovernmentl4: "usgovernment",
  usgovernmentl5: "dod",
};

/** Credentials and cloud for Microsoft Graph. Names and environment variables (in brackets) are those of azuread. */
export interface GraphSettings {
  /** Tenant id (GUID) or a domain of the tenant. Required with `clientSecret` and `useOidc`. [ARM_TENANT_ID] */
  tenantId?: string;
  /**
   * Client id (GUID) of the app registration that deploys. Required with `clientSecret` and `useOidc`. [ARM_CLIENT_ID]
   */
  clientId?: string;
  /** Client secret of that app registration. Secret. [ARM_CLIENT_SECRET] */
  clientSecret?: string;
  /** Sign in with a token of another issuer (GitHub, GitLab, Kubernetes). Default: false. [ARM_USE_OIDC] */
  useOidc?: boolean;
  /** Token of the other issuer. Secret. [ARM_OIDC_TOKEN] */
  oidcToken?: string;
  /** Path of a file with the token of the other issuer, read for each sign-in. [ARM_OIDC_TOKEN_FILE_PATH] */
  oidcTokenFilePath?: string;
  /** URL that issues the token, as in GitHub Actions. [ARM_OIDC_REQUEST_URL, ACTIONS_ID_TOKEN_REQUEST_URL] */
  oidcRequestUrl?: string;
  /** Bearer token for `oidcRequestUrl`. Secret. [ARM_OIDC_REQUEST_TOKEN, ACTIONS_ID_TOKEN_REQUEST_TOKEN] */
  oidcRequestToken?: string;
  /** Sign in as a managed identity. Default: false. [ARM_USE_MSI] */
  useMsi?: boolean;
  /** Token endpoint of the managed identity. Default: the standard address. [ARM_MSI_ENDPOINT] */
  msiEndpoint?: string;
  /** Use the sign-in of the Azure CLI if no other credential is set. Default: true. [ARM_USE_CLI] */
  useCli?: boolean;
  /** Cloud. Default: `public`. [ARM_ENVIRONMENT] */
  environment?: Environment;
  /**
   * `host[:port]` of an HTTPS service that describes another cloud. Overrides `environment`. [ARM_METADATA_HOSTNAME]
   */
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

/** Reads the settings, with environment variables for absent ones, and returns all errors. Sends no request. */
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
    else failures.push({ property: name, reason: "must be a string." });
  }
  const { tenantId, clientId, environment, metadataHost } = settings;
  if (typeof tenantId === "string" && !guid.test(tenantId) && !domain.test(tenantId)) {
    failures.push({ property: "tenantId", reason: `"${tenantId}" is neither a GUID nor a domain of a tenant.` });
  }
  if (typeof clientId === "string" && !guid.test(clientId)) {
    failures.push({ property: "clientId", reason: `"${clientId}" is not a GUID.` });
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
  return { settings, failures };
}

/** Returns the values of the settings that are credentials. */
export function secretsOf({ clientSecret, oidcToken, oidcRequestToken }: GraphSettings): string[] {
  return [clientSecret, oidcToken, oidcRequestToken].filter((secret) => secret !== undefined);
}
