import * as azuread from "@pulumi/azuread";
import type * as pulumi from "@pulumi/pulumi";

export interface ClientSecrets {
  /** The one that is registered at the CA. */
  current: azuread.ApplicationPassword;
  /** The one before it, valid as well: the CA has it until the registration Job has run. */
  previous: azuread.ApplicationPassword | undefined;
}

/**
 * The client secret of a version, and the one before. Each is a resource of its own that is never replaced, so that a new one is there
 * before anything refers to it, and an old one goes only with the next version.
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
      // The end is that of secrets made from now on: replacing one that the CA has would stop every login.
      { parent, ignoreChanges: ["endDate"] },
    );
  const previous = args.version > 1 ? secret(args.version - 1) : undefined;
  return { current: secret(args.version), previous };
}
