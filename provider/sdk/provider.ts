import * as pulumi from "@pulumi/pulumi";

import { version } from "../version";

/** Where Smallstep's `folk` database is, and who reads it. */
export interface DatabaseArgs {
  /** Host name or address. */
  host: pulumi.Input<string>;
  /** Default 5432. */
  port?: pulumi.Input<number> | undefined;
  /** Default `folk`. */
  name?: pulumi.Input<string> | undefined;
  username: pulumi.Input<string>;
  /** Always kept as a secret. */
  password: pulumi.Input<string>;
  /** As libpq's; default `verify-full`: encrypted, by a certificate that is trusted and names the host. */
  sslmode?: pulumi.Input<"disable" | "require" | "verify-ca" | "verify-full"> | undefined;
  /** Path of a PEM file with the certificate authority to trust instead of the system's. */
  sslRootCert?: pulumi.Input<string> | undefined;
}

/** Each falls back to the environment variable named, which is azuread's. Microsoft Graph is called only when needed. */
export interface ProviderArgs {
  /** Tenant id (GUID) or domain. [ARM_TENANT_ID] */
  tenantId?: pulumi.Input<string> | undefined;
  /** Client id of the application that deploys. [ARM_CLIENT_ID] */
  clientId?: pulumi.Input<string> | undefined;
  /** Always kept as a secret. [ARM_CLIENT_SECRET] */
  clientSecret?: pulumi.Input<string> | undefined;
  /** Sign in with a token of another issuer. Default false. [ARM_USE_OIDC] */
  useOidc?: pulumi.Input<boolean> | undefined;
  /** Always kept as a secret. [ARM_OIDC_TOKEN] */
  oidcToken?: pulumi.Input<string> | undefined;
  /** [ARM_OIDC_TOKEN_FILE_PATH] */
  oidcTokenFilePath?: pulumi.Input<string> | undefined;
  /** [ARM_OIDC_REQUEST_URL, ACTIONS_ID_TOKEN_REQUEST_URL] */
  oidcRequestUrl?: pulumi.Input<string> | undefined;
  /** Always kept as a secret. [ARM_OIDC_REQUEST_TOKEN, ACTIONS_ID_TOKEN_REQUEST_TOKEN] */
  oidcRequestToken?: pulumi.Input<string> | undefined;
  /** Sign in as the Azure CLI has, when nothing else is given. Default true. [ARM_USE_CLI] */
  useCli?: pulumi.Input<boolean> | undefined;
  /** Sign in as the machine's managed identity. Default false. [ARM_USE_MSI] */
  useMsi?: pulumi.Input<boolean> | undefined;
  /** [ARM_MSI_ENDPOINT] */
  msiEndpoint?: pulumi.Input<string> | undefined;
  /** Default `public`. [ARM_ENVIRONMENT] */
  environment?: pulumi.Input<"public" | "usgovernment" | "dod" | "china"> | undefined;
  /** `host[:port]` that describes another cloud, over HTTPS. [ARM_METADATA_HOSTNAME] */
  metadataHost?: pulumi.Input<string> | undefined;
  /** Needed by everything of `smallstep`. */
  database?: pulumi.Input<DatabaseArgs> | undefined;
}

/** The `usersync` provider: what @pulumi/azuread lacks, and what Smallstep's side holds. */
export class Provider extends pulumi.ProviderResource {
  constructor(name: string, args: ProviderArgs = {}, options?: pulumi.ResourceOptions) {
    const secrets = {
      ...secretly("clientSecret", args.clientSecret),
      ...secretly("oidcToken", args.oidcToken),
      ...secretly("oidcRequestToken", args.oidcRequestToken),
      ...(args.database === undefined ? {} : { database: withSecretPassword(args.database) }),
    };
    super("usersync", name, { ...args, ...secrets }, pulumi.mergeOptions({ version }, options));
  }
}

function secretly(name: string, value: pulumi.Input<string> | undefined): Record<string, pulumi.Output<string>> {
  return value === undefined ? {} : { [name]: pulumi.secret(value) };
}

// Only the password, so that the host stays readable in previews; of an Output that cannot be told apart.
function withSecretPassword(database: pulumi.Input<DatabaseArgs>): pulumi.Input<unknown> {
  if (pulumi.Output.isInstance(database) || database instanceof Promise) return pulumi.secret(database);
  return { ...database, password: pulumi.secret(database.password) };
}
