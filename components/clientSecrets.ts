import * as azuread from "@pulumi/azuread";
import type * as pulumi from "@pulumi/pulumi";

export interface ClientSecrets {
  /** The secret that the registration Job registers at the CA. */
  current: azuread.ApplicationPassword;
  /** The previous secret, which stays valid because the CA uses it until the registration Job has run. Undefined for version 1. */
  previous: azuread.ApplicationPassword | undefined;
}

/**
 * Declares the client secret of a version and the previous one. Each is a separate resource that is never replaced. A new secret
 * exists before anything refers to it, and an old one is deleted only with the next version.
 */
export function clientSecrets(
  name: string,
  args: { applicationId: pulumi.Input<string>; version: number; endDate: pulumi.Input<string> },
  parent: pulumi.Resource,
): ClientSecrets {
  const secret = (version: number) =>
    new azuread.ApplicationPassword(
      version === 1 ? name : `${name}-${version}`,
      {
        applicationId: args.applicationId,
        displayName: version === 1 ? "Smallstep SSH CA" : `Smallstep SSH CA (${version})`,
        endDate: args.endDate,
      },
      // A new end date applies to new secrets only: replacing the secret that the CA uses would break every login.
      { parent, ignoreChanges: ["endDate"] },
    );
  const previous = args.version > 1 ? secret(args.version - 1) : undefined;
  return { current: secret(args.version), previous };
}
