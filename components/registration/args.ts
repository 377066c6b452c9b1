import type * as pulumi from "@pulumi/pulumi";
import type { AdminToolsSecurityOptions } from "./podSpec";

export interface RegistrationArgs {
  /** The team to switch, and its new directory. */
  team: {
    slug: string;
    directoryId: pulumi.Input<string>;
    /**
     * Whether the team may use a directory that another team already uses.
     * @default false
     */
    allowSharedDirectory?: boolean | undefined;
  };
  /** The team's SSH CA. */
  ca: {
    /** `https://host[:port]`. */
    url: pulumi.Input<string>;
    /** Id of the SSH authority, as `manage-provisioners --authority` takes it. */
    authorityId: pulumi.Input<string>;
    /**
     * Verb of `manage-provisioners` that updates an existing provisioner. The default is an assumption: Smallstep documents only `add`.
     * @default "update"
     */
    updateVerb?: string | undefined;
    /**
     * PEM root certificate of the CA and the SCIM server.
     * @default the public roots
     */
    rootCert?: pulumi.Input<string> | undefined;
  };
  /** The OIDC provisioner to register at the CA. */
  provisioner: {
    name: string;
    clientId: pulumi.Input<string>;
    /** Always stored as a secret. */
    clientSecret: pulumi.Input<string>;
    configurationEndpoint: pulumi.Input<string>;
    tenantId: pulumi.Input<string>;
    /** Email domains whose users may log in. */
    domains: readonly string[];
    /**
     * Address where `step` listens for the response of the browser, such as `127.0.0.1:10000`.
     * @default a free port
     */
    listenAddress?: string | undefined;
  };
  /** The SCIM directory, which must hold users before the team is switched. */
  scim: {
    tenantUrl: pulumi.Input<string>;
    /** Always stored as a secret. */
    token: pulumi.Input<string>;
    /**
     * Number of active users that the directory must hold.
     * @default 1
     */
    minimumUsers?: number | undefined;
    /**
     * User names that must be among these users.
     * @default none
     */
    requiredUsers?: readonly string[] | undefined;
    /**
     * Whether the Job's messages count the missing required users and name none. The names are then secret in the state and in previews.
     * @default false
     */
    hideUsers?: boolean | undefined;
    /**
     * How long the Job waits for these users, in minutes.
     * @default 120
     */
    waitMinutes?: number | undefined;
  };
  /** How the Job reaches the `folk` database, as seen from the cluster. */
  database: {
    host: pulumi.Input<string>;
    /** @default 5432 */
    port?: number | undefined;
    /** @default "folk" */
    name?: string | undefined;
    /**
     * TLS mode, as libpq's `sslmode`.
     * @default "verify-full"
     */
    sslmode?: "disable" | "require" | "verify-ca" | "verify-full" | undefined;
    /**
     * PEM root certificate of the server.
     * @default the public roots
     */
    rootCert?: pulumi.Input<string> | undefined;
  };
  /**
   * Version of the password of the Job's database role. A change REPLACES the password.
   * @default 1
   */
  passwordVersion?: number | undefined;
  /**
   * Resources that the grants depend on: `grants` of another registration in the same database, because PostgreSQL rejects concurrent
   * grants on one table.
   * @default nothing
   */
  grantsDependOn?: readonly pulumi.Resource[] | undefined;
  kubernetes: {
    /** Existing namespace in which the Job runs. */
    namespace: pulumi.Input<string>;
    /** Image with `manage-provisioners` and a POSIX shell. */
    adminToolsImage: pulumi.Input<string>;
    /**
     * Node.js image for the other steps.
     * @default "docker.io/library/node:24-alpine"
     */
    nodeImage?: pulumi.Input<string> | undefined;
    /** Security-context overrides for the admin-tools container. Default: the same as the other containers. */
    adminTools?: AdminToolsSecurityOptions | undefined;
  };
  /**
   * Whether `pulumi up` waits until the Job has finished. A first provisioning cycle can take more than 40 minutes.
   * @default false
   */
  waitForJob?: boolean | undefined;
  /**
   * What destroying does with the team's directory: `keep` the current one, or `restore` the previous one.
   * @default "keep"
   */
  onDestroy?: "keep" | "restore" | undefined;
}
