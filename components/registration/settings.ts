import type * as pulumi from "@pulumi/pulumi";
import type { AdminToolsSecurityOptions } from "./podSpec";

/** How the Job reaches the `folk` database, as seen from the cluster. */
export interface JobDatabase {
  host: pulumi.Input<string>;
  /** @default 5432 */
  port?: number;
  /** @default "folk" */
  name?: string;
  /**
   * As libpq's.
   * @default "verify-full"
   */
  sslmode?: "disable" | "require" | "verify-ca" | "verify-full";
  /**
   * PEM of the root that vouches for the server.
   * @default the public roots
   */
  rootCert?: pulumi.Input<string>;
}

export interface RegistrationArgs {
  /** The team whose directory is switched, and the directory it gets. */
  team: {
    slug: string;
    directoryId: pulumi.Input<string>;
    /**
     * Whether the directory may be another team's as well.
     * @default false
     */
    allowSharedDirectory?: boolean;
  };
  /** The team's SSH CA. */
  ca: {
    /** `https://host[:port]`. */
    url: pulumi.Input<string>;
    /** Id of the SSH authority, as `manage-provisioners --authority` takes it. */
    authorityId: pulumi.Input<string>;
    /**
     * Verb of `manage-provisioners` that changes a provisioner in place. Smallstep documents only `add`.
     * @default "update"
     */
    updateVerb?: string;
    /**
     * PEM of the root that vouches for the CA and the SCIM server.
     * @default the public roots
     */
    rootCert?: pulumi.Input<string>;
  };
  /** The OIDC provisioner to register at the CA. */
  provisioner: {
    /** @default "azuread" */
    name?: string;
    clientId: pulumi.Input<string>;
    /** Always kept as a secret. */
    clientSecret: pulumi.Input<string>;
    configurationEndpoint: pulumi.Input<string>;
    tenantId: pulumi.Input<string>;
    /** Email domains whose users may log in. */
    domains: readonly string[];
    /**
     * Where `step` listens for the browser's answer; `any`: a port that is free.
     * @default "127.0.0.1:10000"
     */
    listenAddress?: string;
  };
  /** The SCIM directory, which must hold users before the team is switched. */
  scim: {
    tenantUrl: pulumi.Input<string>;
    /** Always kept as a secret. */
    token: pulumi.Input<string>;
    /**
     * Active users that it must hold.
     * @default 1
     */
    minimumUsers?: number;
    /**
     * User names that must be among them.
     * @default none
     */
    requiredUsers?: readonly string[];
    /**
     * How long the Job waits for them.
     * @default 120
     */
    waitMinutes?: number;
  };
  database: JobDatabase;
  /**
   * A change REPLACES the password of the Job's database role.
   * @default 1
   */
  passwordVersion?: number;
  /**
   * What must be granted first: `grants` of another registration in the same database, where there are several.
   * @default nothing
   */
  grantsDependOn?: readonly pulumi.Resource[];
  kubernetes: {
    /** Existing namespace. */
    namespace: pulumi.Input<string>;
    /** Image with `manage-provisioners` and a POSIX shell. */
    adminToolsImage: pulumi.Input<string>;
    /**
     * Node.js image for the other steps.
     * @default "docker.io/library/node:24-alpine"
     */
    nodeImage?: pulumi.Input<string>;
    /** What the admin-tools image cannot do without. */
    adminTools?: AdminToolsSecurityOptions;
  };
  /**
   * Whether `pulumi up` waits until the Job is done. A first provisioning cycle can take 40 minutes and more.
   * @default false
   */
  waitForJob?: boolean;
  /**
   * What destroying does with the team's row: leave it, or put back what it held before.
   * @default "keep"
   */
  onDestroy?: "keep" | "restore";
}
