import * as pulumi from "@pulumi/pulumi";

import { version } from "../version";

/** OIDC provisioner that the CA must publish. */
export interface ProvisionerArgs {
  name: pulumi.Input<string>;
  clientId: pulumi.Input<string>;
  /**
   * Client secret of a native app (RFC 8252). Always secret here, although the CA publishes it. Default: not compared.
   */
  clientSecret?: pulumi.Input<string> | undefined;
  /** OIDC discovery URL: `https://login.microsoftonline.com/TENANT/v2.0/.well-known/openid-configuration`. */
  configurationEndpoint: pulumi.Input<string>;
  tenantId: pulumi.Input<string>;
  /** Email domains that may log in; at least one. Order and case do not matter. */
  domains: pulumi.Input<pulumi.Input<string>[]>;
  /** Address on which `step` listens for the browser: `127.0.0.1:10000`. Default: not compared. */
  listenAddress?: pulumi.Input<string> | undefined;
}

/** SCIM directory of the team. The plugin only reads it. */
export interface ScimDirectoryArgs {
  /** Tenant URL: `https://host/DIRECTORY/v2`. */
  tenantUrl: pulumi.Input<string>;
  /** Bearer token of the SCIM endpoint. Always secret. */
  token: pulumi.Input<string>;
  /** Minimum number of active users. Default: 1. */
  minimumUsers?: pulumi.Input<number> | undefined;
}

/** Inputs of {@link Registration}. A change of any input except `teamSlug` and `scim` raises `generation`. */
export interface RegistrationArgs {
  /** Slug of the team in `folk`. A change replaces the resource. */
  teamSlug: pulumi.Input<string>;
  /** Id (GUID) of the directory that the team must use. */
  directoryId: pulumi.Input<string>;
  /** URL of the team's SSH CA: `https://host[:port]`. */
  caUrl: pulumi.Input<string>;
  /**
   * PEM text of a certificate authority to trust in addition to the public ones, for `caUrl` and the SCIM server.
   * Default: the public ones only.
   */
  caRootCert?: pulumi.Input<string> | undefined;
  /** OIDC provisioner of the CA. */
  provisioner: pulumi.Input<ProvisionerArgs>;
  /**
   * SCIM directory to check: a refresh warns if the directory in use holds too few active users. Default: not checked.
   */
  scim?: ScimDirectoryArgs | undefined;
  /**
   * Effect of deleting the resource on the team's directory: `keep` leaves it, `restore` sets the previous one.
   * Default: `keep`.
   */
  onDestroy?: pulumi.Input<"keep" | "restore"> | undefined;
}

/**
 * Registration of a team, which the registration Job performs. This resource itself changes nothing on `up`. A refresh
 * reads the team's row and the CA's provisioners. If they differ from the inputs, the next `up` raises `generation`;
 * the Job's name contains it, so the Job runs again. Deleting with `onDestroy: restore` writes the team's row. Import
 * by the team's slug.
 * Source: the `folk` database and `GET /provisioners` of the CA.
 */
export class Registration extends pulumi.CustomResource {
  declare readonly teamSlug: pulumi.Output<string>;
  declare readonly directoryId: pulumi.Output<string>;
  declare readonly caUrl: pulumi.Output<string>;
  declare readonly provisioner: pulumi.Output<pulumi.Unwrap<ProvisionerArgs>>;
  declare readonly onDestroy: pulumi.Output<"keep" | "restore">;
  /**
   * Value of `directoryId` that the program declared last. A refresh overwrites `directoryId` itself with the current
   * directory.
   */
  declare readonly declaredDirectoryId: pulumi.Output<string>;
  /** Number of the registration: 1 at first, plus 1 with each change. */
  declare readonly generation: pulumi.Output<number>;
  /** Directory of the team before this resource was created; undefined if it had none. */
  declare readonly previousDirectoryId: pulumi.Output<string | undefined>;

  constructor(name: string, args: RegistrationArgs, options?: pulumi.CustomResourceOptions) {
    super(
      "usersync:smallstep:Registration",
      name,
      {
        caRootCert: undefined,
        ...args,
        scim: args.scim === undefined ? undefined : { ...args.scim, token: pulumi.secret(args.scim.token) },
        provisioner: withSecret(args.provisioner),
        generation: undefined,
        previousDirectoryId: undefined,
        declaredDirectoryId: undefined,
      },
      pulumi.mergeOptions({ version }, options),
    );
  }
}

function withSecret(provisioner: pulumi.Input<ProvisionerArgs>): pulumi.Input<unknown> {
  if (pulumi.Output.isInstance(provisioner) || provisioner instanceof Promise) return pulumi.secret(provisioner);
  const { clientSecret } = provisioner;
  return clientSecret === undefined ? provisioner : { ...provisioner, clientSecret: pulumi.secret(clientSecret) };
}
