import * as pulumi from "@pulumi/pulumi";

import { version } from "../version";

/**
 * What one target attribute gets: exactly one of `source`, `expression`, `constant`; or `default` alone, for a fixed value
 * given on creation only (the portal's mapping type "None").
 */
export interface AttributeMapping {
  /** A source attribute by its provisioning name: `mail`, `userPrincipalName`, `IsSoftDeleted`. */
  source?: pulumi.Input<string> | undefined;
  /** An expression of Entra's language: `Not([IsSoftDeleted])`. Spacing makes no difference. */
  expression?: pulumi.Input<string> | undefined;
  /** The same value for everybody. */
  constant?: pulumi.Input<string> | undefined;
  /** Matches people with this attribute; 1 is tried first. Default: not used for matching. */
  matchingPriority?: pulumi.Input<number> | undefined;
  /** Default `Always`. `ObjectAddOnly` never touches the attribute again. */
  flowType?: pulumi.Input<"Always" | "ObjectAddOnly"> | undefined;
  /** The value when the source has none. Default: none. */
  default?: pulumi.Input<string> | undefined;
}

export interface AttributeMappingsArgs {
  /** The job: `/servicePrincipals/{object id}/synchronization/jobs/{job id}`, the id of azuread's job. Replaces. */
  jobId: pulumi.Input<string>;
  /** The mappings by target attribute: `userName`, `name.givenName`, `emails[type eq "work"].value`. */
  mappings: pulumi.Input<Record<string, pulumi.Input<AttributeMapping>>>;
  /** Object of the source directory whose mapping this is. Default `User`. */
  sourceObject?: pulumi.Input<string> | undefined;
  /** Object of the target directory. Default: the one that `sourceObject` is mapped to. */
  targetObject?: pulumi.Input<string> | undefined;
  /** Remove every other mapping of the object. Default true. */
  exclusive?: pulumi.Input<boolean> | undefined;
  /**
   * Per cent of the people provisioned whom a change of `mappings` may give another `userName`, 0 to 100; more is refused, at
   * preview too. A repair of what others changed is only warned of. Default 100: no limit.
   */
  maxRenamedPercent?: pulumi.Input<number> | undefined;
  /**
   * Per cent of the people provisioned whom a change of `mappings` may keep from logging in, 0 to 100: left without a usable
   * `userName` or an email, or inactive. Default 100: no limit.
   */
  maxLockedOutPercent?: pulumi.Input<number> | undefined;
}

/**
 * The attribute mappings of a synchronization job: just those of one object; the rest of the schema stays as it is. Deleting
 * restores the template's schema. The id is `jobId`, with which it can be imported.
 */
export class AttributeMappings extends pulumi.CustomResource {
  declare readonly jobId: pulumi.Output<string>;
  declare readonly mappings: pulumi.Output<Record<string, pulumi.Unwrap<AttributeMapping>>>;
  declare readonly sourceObject: pulumi.Output<string>;
  declare readonly targetObject: pulumi.Output<string | undefined>;
  declare readonly exclusive: pulumi.Output<boolean>;
  /** What the program declared last as `mappings`, which itself becomes what a refresh sees. */
  declare readonly declaredMappings: pulumi.Output<Record<string, pulumi.Unwrap<AttributeMapping>>>;
  /** The service's version of the schema after the last change made here. */
  declare readonly schemaVersion: pulumi.Output<string>;
  /** The version before that change. */
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
