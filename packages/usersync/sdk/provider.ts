import * as pulumi from "@pulumi/pulumi";

import { version } from "../version";

/** Connection to Smallstep's `folk` database. */
export interface DatabaseArgs {
  /** Host name or IP address. */
  host: pulumi.Input<string>;
  /** Port, 1 to 65535. Default: 5432. */
  port?: pulumi.Input<number> | undefined;
  /** Name of the database. Default: `folk`. */
  name?: pulumi.Input<string> | undefined;
  /** Database role. */
  username: pulumi.Input<string>;
  /** Password of the role. Always secret. */
  password: pulumi.Input<string>;
  /**
   * TLS mode of libpq. `disable` is allowed only for a loopback host. Default: `verify-full`, which requires a trusted
   * certificate for the host.
   */
  sslmode?: pulumi.Input<"disable" | "require" | "verify-ca" | "verify-full"> | undefined;
  /**
   * Path of a PEM file with the certificate authority to trust instead of the system's. Default: the system's
   * authorities.
   */
  sslRootCert?: pulumi.Input<string> | undefined;
}

/**
 * Configuration of the provider. Each absent setting falls back to azuread's environment variable in brackets. The
 * provider calls Microsoft Graph only when a resource or function needs it.
 */
export interface ProviderArgs {
  /** Tenant id (GUID) or a domain of the tenant. Required with `clientSecret` and `useOidc`. [ARM_TENANT_ID] */
  tenantId?: pulumi.Input<string> | undefined;
  /** Client id (GUID) of the application that deploys. Required with `clientSecret` and `useOidc`. [ARM_CLIENT_ID] */
  clientId?: pulumi.Input<string> | undefined;
  /** Client secret of that application. Always secret. [ARM_CLIENT_SECRET] */
  clientSecret?: pulumi.Input<string> | undefined;
  /** Sign in with a token of another issuer (GitHub, GitLab, Kubernetes). Default: false. [ARM_USE_OIDC] */
  useOidc?: pulumi.Input<boolean> | undefined;
  /** Token of the other issuer. Always secret. [ARM_OIDC_TOKEN] */
  oidcToken?: pulumi.Input<string> | undefined;
  /** Path of a file with that token, read for each sign-in. [ARM_OIDC_TOKEN_FILE_PATH] */
  oidcTokenFilePath?: pulumi.Input<string> | undefined;
  /** URL that issues that token, as in GitHub Actions. [ARM_OIDC_REQUEST_URL, ACTIONS_ID_TOKEN_REQUEST_URL] */
  oidcRequestUrl?: pulumi.Input<string> | undefined;
  /** Bearer token for `oidcRequestUrl`. Always secret. [ARM_OIDC_REQUEST_TOKEN, ACTIONS_ID_TOKEN_REQUEST_TOKEN] */
  oidcRequestToken?: pulumi.Input<string> | undefined;
  /** Use the sign-in of the Azure CLI if no other credential is set. Default: true. [ARM_USE_CLI] */
  useCli?: pulumi.Input<boolean> | undefined;
  /** Sign in as the machine's managed identity. Default: false. [ARM_USE_MSI] */
  useMsi?: pulumi.Input<boolean> | undefined;
  /** Token endpoint of the managed identity. Default: the standard address. [ARM_MSI_ENDPOINT] */
  msiEndpoint?: pulumi.Input<string> | undefined;
  /** Cloud. Default: `public`. [ARM_ENVIRONMENT] */
  environment?: pulumi.Input<"public" | "usgovernment" | "dod" | "china"> | undefined;
  /**
   * `host[:port]` of an HTTPS service that describes another cloud. Overrides `environment`. [ARM_METADATA_HOSTNAME]
   */
  metadataHost?: pulumi.Input<string> | undefined;
  /** Smallstep's database. Required by all resources and functions of `smallstep`. Default: none. */
  database?: pulumi.Input<DatabaseArgs> | undefined;
}

/** The `usersync` provider: features that @pulumi/azuread lacks, and Smallstep's team registration. */
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

// Mark only the password as secret, so that previews show the host. An Output cannot be split, so it becomes secret as
// a whole.
function withSecretPassword(database: pulumi.Input<DatabaseArgs>): pulumi.Input<unknown> {
  if (pulumi.Output.isInstance(database) || database instanceof Promise) return pulumi.secret(database);
  return { ...database, password: pulumi.secret(database.password) };
}
