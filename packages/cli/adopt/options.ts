/** Options for settings that cannot be discovered. `env`: the environment variable used if the option is missing. */
export const given = {
  tenant: { setting: "tenantId", env: "ARM_TENANT_ID", takes: "<id>", description: "the Entra tenant" },
  team: { setting: "smallstep.teamSlug", takes: "<slug>", description: "slug of the team in the folk database" },
  caUrl: { setting: "smallstep.caUrl", takes: "<url>", description: "URL of the SSH CA; /provisioners is read" },
  authorityId: { setting: "smallstep.authorityId", takes: "<id>", description: "id of the team's SSH authority" },
  apiHost: { setting: "smallstep.apiHost", takes: "<host>", description: "host of Smallstep's API" },
  adminToolsImage: {
    setting: "kubernetes.adminToolsImage",
    takes: "<image>",
    description: "the admin-tools container image",
  },
  namespace: {
    setting: "kubernetes.namespace",
    takes: "<name>",
    description: "namespace of the Job (default: smallstep)",
  },
  databaseHost: { setting: "database.host", env: "PGHOST", takes: "<host>", description: "host of the folk database" },
  databasePort: {
    setting: "database.port",
    env: "PGPORT",
    takes: "<port>",
    description: "port of the folk database (default: 5432)",
  },
  databaseName: {
    setting: "database.name",
    env: "PGDATABASE",
    takes: "<name>",
    description: "name of the folk database (default: folk)",
  },
  databaseUsername: {
    setting: "database.username",
    env: "PGUSER",
    takes: "<role>",
    description: "database role for deployments",
  },
  databaseSslmode: {
    setting: "database.sslmode",
    env: "PGSSLMODE",
    takes: "<mode>",
    description: "TLS mode, as in libpq (default: verify-full)",
  },
  databaseSslRootCert: {
    setting: "database.sslRootCert",
    env: "PGSSLROOTCERT",
    takes: "<file>",
    description: "root certificate of the folk database",
  },
  scimBaseUrl: { setting: "scim.baseUrl", takes: "<url>", description: "URL of the SCIM server (default: from Entra)" },
  directoryId: {
    setting: "scim.directoryId",
    takes: "<id>",
    description: "id of the SCIM directory (default: from Entra)",
  },
} as const satisfies Record<string, { setting: string; env?: string; takes: string; description: string }>;
export type GivenName = keyof typeof given;

export interface Options {
  stack: string;
  output: string;
  app: string;
  enterpriseApp: string;
  job: string | undefined;
  groups: readonly string[];
  provisioner: string | undefined;
  /** Email domains, used if the CA publishes none. */
  domains: readonly string[];
  /** PEM file with the root certificate of the CA and the SCIM server. Undefined: the public roots. */
  caRootCert: string | undefined;
  clientSecret: "keep" | "rotate";
  keepMappings: boolean;
  printClientSecret: boolean;
  format: "text" | "json";
  force: boolean;
  /** Values from the command line or the environment, by setting: `database.host`. */
  settings: ReadonlyMap<string, string>;
}

/** Returns the option of a property of `given`, without the leading dashes. */
export function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Returns the option that sets a setting, or the setting itself if no option does. */
export function howToGive(setting: string): string {
  const [name] = Object.entries(given).find(([, option]) => option.setting === setting) ?? [];
  return name === undefined ? setting : `--${dashed(name)}`;
}
