import type { StackOptions } from "../common/command";

/** Options for settings that cannot be discovered: the setting, the argument, the description, and a variable that is the default. */
export const given = {
  tenant: ["tenantId", "<id>", "the Entra tenant", "ARM_TENANT_ID"],
  team: ["smallstep.teamSlug", "<slug>", "slug of the team in the folk database"],
  caUrl: ["smallstep.caUrl", "<url>", "URL of the SSH CA; /provisioners is read"],
  authorityId: ["smallstep.authorityId", "<id>", "id of the team's SSH authority"],
  apiHost: ["smallstep.apiHost", "<host>", "host of Smallstep's API"],
  adminToolsImage: ["kubernetes.adminToolsImage", "<image>", "the admin-tools container image"],
  namespace: ["kubernetes.namespace", "<name>", "namespace of the Job (default: smallstep)"],
  databaseHost: ["database.host", "<host>", "host of the folk database", "PGHOST"],
  databasePort: ["database.port", "<port>", "port of the folk database (default: 5432)", "PGPORT"],
  databaseName: ["database.name", "<name>", "name of the folk database (default: folk)", "PGDATABASE"],
  databaseUsername: ["database.username", "<role>", "database role for deployments", "PGUSER"],
  databaseSslmode: ["database.sslmode", "<mode>", "TLS mode, as in libpq (default: verify-full)", "PGSSLMODE"],
  databaseSslRootCert: ["database.sslRootCert", "<file>", "root certificate of the folk database", "PGSSLROOTCERT"],
  scimBaseUrl: ["scim.baseUrl", "<url>", "URL of the SCIM server (default: from Entra)"],
  directoryId: ["scim.directoryId", "<id>", "id of the SCIM directory (default: from Entra)"],
} as const satisfies Record<string, readonly [setting: string, takes: string, description: string, env?: string]>;

export interface Options extends Pick<StackOptions, "stack">, Partial<Record<keyof typeof given, string>> {
  output: string;
  app?: string;
  enterpriseApp?: string;
  job?: string;
  group?: readonly string[];
  provisioner?: string;
  /** Email domains, used if the CA publishes none. */
  domain?: readonly string[];
  /** PEM file with the root certificate of the CA and the SCIM server. Undefined: the public roots. */
  caRootCert?: string;
  clientSecret: "keep" | "rotate";
  keepMappings: boolean;
  printClientSecret: boolean;
  format: "text" | "json";
  force: boolean;
}

/** Returns the option of a property of `given`, without the leading dashes. */
export function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
