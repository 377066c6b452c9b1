import * as pulumi from "@pulumi/pulumi";

import { version } from "../version";

/** An OIDC provisioner as the CA is to publish it. */
export interface ProvisionerArgs {
  name: pulumi.Input<string>;
  clientId: pulumi.Input<string>;
  /** The CA publishes it (RFC 8252 native app); kept as a secret here all the same. */
  clientSecret?: pulumi.Input<string> | undefined;
  /** `https://login.microsoftonline.com/TENANT/v2.0/.well-known/openid-configuration`. */
  configurationEndpoint: pulumi.Input<string>;
  tenantId: pulumi.Input<string>;
  /** Email domains that may log in. */
  domains: pulumi.Input<pulumi.Input<string>[]>;
  /** Where `step` listens for the browser: `127.0.0.1:10000`. */
  listenAddress?: pulumi.Input<string> | undefined;
}

/** The SCIM directory that the team is to use, only ever looked at. */
export interface ScimDirectoryArgs {
  /** `https://host/DIRECTORY/v2`. */
  tenantUrl: pulumi.Input<string>;
  /** Always kept as a secret. */
  token: pulumi.Input<string>;
  /** Active users that it should hold. Default 1. */
  minimumUsers?: pulumi.Input<number> | undefined;
}

export interface RegistrationArgs {
  /** The team in `folk`. Replaces. */
  teamSlug: pulumi.Input<string>;
  /** The directory that the team is to use. */
  directoryId: pulumi.Input<string>;
  /** `https://host[:port]` of the team's SSH CA. */
  caUrl: pulumi.Input<string>;
  /** PEM of the certificate authority that vouches for `caUrl`. Default: the system's. */
  caRootCert?: pulumi.Input<string> | undefined;
  provisioner: pulumi.Input<ProvisionerArgs>;
  /** When given, a refresh warns of a directory in use that holds too few active users. */
  scim?: ScimDirectoryArgs | undefined;
  /** What deleting does to the team's row: leave it (default), or put back what it held before. */
  onDestroy?: pulumi.Input<"keep" | "restore"> | undefined;
}

/**
 * What the registration Job is to bring about, observed: it changes nothing itself on `up`. A refresh reads the team's row
 * and the CA's provisioners; where they differ from what is wanted, the next `up` raises `generation`, by which the Job is
 * named, and so the Job runs again. The id is the team's slug, with which it can be imported.
 */
export class Registration extends pulumi.CustomResource {
  declare readonly teamSlug: pulumi.Output<string>;
  declare readonly directoryId: pulumi.Output<string>;
  declare readonly caUrl: pulumi.Output<string>;
  declare readonly provisioner: pulumi.Output<pulumi.Unwrap<ProvisionerArgs>>;
  declare readonly onDestroy: pulumi.Output<"keep" | "restore">;
  /** What the program declared last as `directoryId`, which itself becomes what a refresh sees. */
  declare readonly declaredDirectoryId: pulumi.Output<string>;
  /** 1 at first, one more with every change. */
  declare readonly generation: pulumi.Output<number>;
  /** What the team's row held before this resource was made; undefined when it held nothing. */
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
