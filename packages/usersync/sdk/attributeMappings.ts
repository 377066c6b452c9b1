import * as pulumi from "@pulumi/pulumi";

import { version } from "../version";

/**
 * Mapping of one target attribute. Set exactly one of `source`, `expression` and `constant`, or only `default` for a
 * fixed value on creation (the portal's mapping type "None").
 */
export interface AttributeMapping {
  /** Source attribute by its provisioning name: `mail`, `userPrincipalName`, `IsSoftDeleted`. */
  source?: pulumi.Input<string> | undefined;
  /** Expression in Entra's language: `Not([IsSoftDeleted])`. A change of spacing is no change. */
  expression?: pulumi.Input<string> | undefined;
  /** Constant value for all users. */
  constant?: pulumi.Input<string> | undefined;
  /**
   * Priority to match existing users by this attribute, 1 or higher; 1 is tried first. Default: not used for matching.
   */
  matchingPriority?: pulumi.Input<number> | undefined;
  /**
   * When the value is written: `Always`, or `ObjectAddOnly` to write it once when the user is created. Default:
   * `always`.
   */
  flowType?: pulumi.Input<"Always" | "ObjectAddOnly"> | undefined;
  /** Value if the source has none. Default: none. */
  default?: pulumi.Input<string> | undefined;
}

/** Inputs of {@link AttributeMappings}. */
export interface AttributeMappingsArgs {
  /**
   * Id of the job, as azuread returns it: `/servicePrincipals/{object id}/synchronization/jobs/{job id}`. A change
   * replaces the resource.
   */
  jobId: pulumi.Input<string>;
  /**
   * Mappings by target attribute: `userName`, `name.givenName`, `emails[type eq "work"].value`. At least one. Names
   * that the job's schema does not contain are rejected, in a preview too.
   */
  mappings: pulumi.Input<Record<string, pulumi.Input<AttributeMapping>>>;
  /** Object of the source directory. Default: `User`. */
  sourceObject?: pulumi.Input<string> | undefined;
  /**
   * Object of the target directory. Default: the object that `sourceObject` is mapped to. Required if there are
   * several.
   */
  targetObject?: pulumi.Input<string> | undefined;
  /** Remove all other mappings of the object. With true, one mapping needs `matchingPriority`. Default: true. */
  exclusive?: pulumi.Input<boolean> | undefined;
  /**
   * Limit for renames: percentage of the provisioned users whose `userName` a change of `mappings` may change, 0 to
   * 100. A larger change is rejected, in a preview too. A repair of drift only logs a warning. Default: 100 (no limit).
   */
  maxRenamedPercent?: pulumi.Input<number> | undefined;
  /**
   * Limit for lockouts: percentage of the provisioned users that a change of `mappings` may keep from logging in, 0 to
   * 100. They would have no usable `userName`, no email, or be inactive. A larger change is rejected, in a preview too.
   * A repair of drift only logs a warning. Default: 100 (no limit).
   */
  maxLockedOutPercent?: pulumi.Input<number> | undefined;
}

/**
 * Attribute mappings of one object in a synchronization job. Other parts of the schema stay unchanged. Deleting the
 * resource restores the schema of the template. Import by `jobId`.
 * Source: Microsoft Graph `synchronizationSchema`; needs the application permission Synchronization.ReadWrite.All.
 */
export class AttributeMappings extends pulumi.CustomResource {
  declare readonly jobId: pulumi.Output<string>;
  declare readonly mappings: pulumi.Output<Record<string, pulumi.Unwrap<AttributeMapping>>>;
  declare readonly sourceObject: pulumi.Output<string>;
  declare readonly targetObject: pulumi.Output<string | undefined>;
  declare readonly exclusive: pulumi.Output<boolean>;
  /**
   * Value of `mappings` that the program declared last. A refresh overwrites `mappings` itself with the current
   * mappings.
   */
  declare readonly declaredMappings: pulumi.Output<Record<string, pulumi.Unwrap<AttributeMapping>>>;
  /** Version of the schema after the last change by this resource, assigned by the service. */
  declare readonly schemaVersion: pulumi.Output<string>;
  /** Version of the schema before that change. */
  declare readonly previousVersion: pulumi.Output<string>;

  constructor(name: string, args: AttributeMappingsArgs, options?: pulumi.CustomResourceOptions) {
    super(
      "usersync:entra:AttributeMappings",
      name,
      {
        targetObject: undefined,
        ...args,
        declaredMappings: undefined,
        schemaVersion: undefined,
        previousVersion: undefined,
      },
      pulumi.mergeOptions({ version }, options),
    );
  }
}
