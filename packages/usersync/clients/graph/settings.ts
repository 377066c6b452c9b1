import * as z from "zod/mini";

import { innerDefinition, metaOf, property, type Values } from "../../host/properties";
import type { CheckFailure } from "../../host/types";
import { checkValues } from "../../host/validate";

/** Clouds of Entra ID, by azuread's names. */
export const environments = ["public", "usgovernment", "dod", "china"] as const;
export type Environment = (typeof environments)[number];

/** Where users sign in, by cloud. Source: https://learn.microsoft.com/graph/deployments */
export const loginEndpoints: Readonly<Record<Environment, string>> = {
  public: "https://login.microsoftonline.com",
  usgovernment: "https://login.microsoftonline.us",
  dod: "https://login.microsoftonline.us",
  china: "https://login.partner.microsoftonline.cn",
};

const aliases: Readonly<Record<string, Environment>> = {
  global: "public",
  usgovernmentl4: "usgovernment",
  usgovernmentl5: "dod",
};

/** Tests whether a text is a GUID, such as the id of an object in Entra. */
export function isGuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

const domain = /^([a-z0-9-]+\.)+[a-z]{2,}$/i;
const host = /^[a-z0-9.-]+(:\d{1,5})?$/i;

const text = z.optional(z.string());
const flag = z.optional(z.boolean());
const textLike = (problem: string, isValid: (value: string) => boolean) =>
  z.optional(z.string().check(z.refine(isValid, { error: ({ input }) => `${JSON.stringify(input)} ${problem}.` })));

/** Credentials and cloud for Microsoft Graph. Names and environment variables are those of azuread. */
export const graphSettings = {
  tenantId: property(
    "Tenant id (GUID) or a domain of the tenant. Required with `clientSecret` and `useOidc`.",
    textLike("is neither a GUID nor a domain of a tenant", (value) => isGuid(value) || domain.test(value)),
    { environment: ["ARM_TENANT_ID"] },
  ),
  clientId: property(
    "Client id (GUID) of the app registration that deploys. Required with `clientSecret` and `useOidc`.",
    textLike("is not a GUID", isGuid),
    { environment: ["ARM_CLIENT_ID"] },
  ),
  clientSecret: property("Client secret of that app registration.", text, {
    secret: true,
    environment: ["ARM_CLIENT_SECRET"],
  }),
  useOidc: property("Sign in with a token of another issuer (GitHub, GitLab, Kubernetes). Default: false.", flag, {
    environment: ["ARM_USE_OIDC"],
  }),
  oidcToken: property("Token of the other issuer.", text, { secret: true, environment: ["ARM_OIDC_TOKEN"] }),
  oidcTokenFilePath: property("Path of a file with the token of the other issuer, read for each sign-in.", text, {
    environment: ["ARM_OIDC_TOKEN_FILE_PATH"],
  }),
  oidcRequestUrl: property("URL that issues the token, as in GitHub Actions.", text, {
    environment: ["ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL"],
  }),
  oidcRequestToken: property("Bearer token for `oidcRequestUrl`.", text, {
    secret: true,
    environment: ["ARM_OIDC_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"],
  }),
  useMsi: property("Sign in as a managed identity. Default: false.", flag, { environment: ["ARM_USE_MSI"] }),
  msiEndpoint: property("Token endpoint of the managed identity. Default: the standard address.", text, {
    environment: ["ARM_MSI_ENDPOINT"],
  }),
  useCli: property("Use the sign-in of the Azure CLI if no other credential is set. Default: true.", flag, {
    environment: ["ARM_USE_CLI"],
  }),
  environment: property(
    `Cloud: ${environments.join(", ")}. Default: public.`,
    z.optional(
      z.enum(environments, { error: ({ input }) => `"${String(input)}" is not one of ${environments.join(", ")}.` }),
    ),
    { environment: ["ARM_ENVIRONMENT"] },
  ),
  metadataHost: property(
    "`host[:port]` of an HTTPS service that describes another cloud. Overrides `environment`.",
    textLike("is not a host name with an optional port", (value) => host.test(value)),
    { environment: ["ARM_METADATA_HOSTNAME"] },
  ),
};

export type GraphSettings = Values<typeof graphSettings>;

/** Reads the settings, with environment variables for absent ones, and returns all errors. Sends no request. */
export function readGraphSettings(
  given: Readonly<Record<string, unknown>>,
  env: NodeJS.ProcessEnv = process.env,
): { settings: GraphSettings; failures: CheckFailure[] } {
  const values: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(graphSettings)) {
    const variables = metaOf(schema).environment ?? [];
    const value =
      given[name] ?? variables.map((variable) => env[variable]).find((set) => set !== undefined && set !== "");
    if (typeof value === "symbol" || value === "") continue;
    const word = String(value).toLowerCase();
    if (schema === graphSettings.environment)
      values[name] = aliases[word] ?? (typeof value === "string" ? word : value);
    else values[name] = isFlag(schema) ? (flags[word] ?? value) : value;
  }
  const { values: settings, failures } = checkValues(graphSettings, values);
  return { settings, failures };
}

const flags: Readonly<Record<string, boolean>> = { true: true, 1: true, false: false, 0: false };

function isFlag(schema: z.core.$ZodType): boolean {
  return innerDefinition(schema).type === "boolean";
}

/** Names of the settings that are credentials. */
export const graphSecrets = (Object.keys(graphSettings) as (keyof GraphSettings)[]).filter(
  (name) => metaOf(graphSettings[name]).secret === true,
);

/** Returns the values of the settings that are credentials. */
export function secretsOf(settings: GraphSettings): string[] {
  return graphSecrets.map((name) => settings[name]).filter((secret) => typeof secret === "string");
}
