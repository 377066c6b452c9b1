import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { entra } from "@smallstep-ssh/usersync";
import { quickstartMappings, type MappingSetOptions } from "./quickstartMappings";
import { findUserAppRoleId } from "./userRole";
import { defaults, nonGalleryTemplate } from "./wellKnown";

export interface UserProvisioningArgs {
  /** Display name of the enterprise application. */
  displayName: pulumi.Input<string>;
  /** Groups whose direct members Entra provisions. Each key becomes part of a resource name: a change REPLACES the group's assignment. */
  groups: readonly { key: string; objectId: pulumi.Input<string> }[];
  /** SCIM endpoint that Entra provisions to: `https://host/DIRECTORY/v2`. Entra tests it before the job starts. */
  tenantUrl: pulumi.Input<string>;
  /** Bearer token of the SCIM directory. Entra tests it before it is saved. Always stored as a secret. */
  token: pulumi.Input<string>;
  /** The attribute mappings. Every other mapping of the template is removed. */
  mapping: MappingSetOptions;
  /**
   * Accidental-deletion prevention: Entra holds a cycle that would delete or disable more users and groups than this.
   * @default 500
   */
  deletionThreshold?: number | undefined;
  /**
   * Email address that Entra notifies when the job enters quarantine.
   * @default none
   */
  notificationEmail?: string | undefined;
  /**
   * Whether `notificationEmail` is secret in the state and in previews.
   * @default false
   */
  hidePeople?: boolean | undefined;
  /**
   * Limits on how many users one change may affect. A larger change fails, at preview too.
   * @default no limit
   */
  safeguards?:
    | {
        /** Maximum percentage of provisioned users that a change of the mapping may rename. */
        maxRenamedPercent: number;
        /** Maximum percentage of provisioned users that a change of the mapping or the groups may lock out. */
        maxLockedOutPercent: number;
        /** How to treat a job that accidental-deletion prevention holds. */
        heldDeletions: "fail" | "retry" | "allow";
      }
    | undefined;
}

/**
 * The enterprise application that provisions users and groups to Smallstep over SCIM. The job is created stopped and starts only after
 * credentials, mappings and assignments exist. azuread alone would start it at once, and the first cycle would provision users with
 * the names of the template's mappings. Destroying pauses provisioning first; accounts and their data remain. Hooks of the component
 * run for each of its resources of azuread.
 */
export class UserProvisioning extends pulumi.ComponentResource {
  /** Full id of the synchronization job. */
  readonly jobId: pulumi.Output<string>;
  /** Object id of the enterprise application's service principal. */
  readonly servicePrincipalObjectId: pulumi.Output<string>;
  /** `Active`, `Paused`, `Quarantine`, ... */
  readonly status: pulumi.Output<string>;
  /** Why the job is in quarantine. Undefined when it is not. */
  readonly quarantine: pulumi.Output<entra.Quarantine | undefined>;
  /** Number of synchronized objects by type. */
  readonly counts: pulumi.Output<Record<string, number>>;

  constructor(name: string, args: UserProvisioningArgs, opts?: pulumi.ComponentResourceOptions) {
    super("smallstep-ssh:components:UserProvisioning", name, {}, opts);
    const child = { parent: this, hooks: opts?.hooks };
    const application = new azuread.ApplicationFromTemplate(
      name,
      { displayName: args.displayName, templateId: nonGalleryTemplate },
      child,
    );
    const roleId = application.servicePrincipalObjectId.apply((objectId) => userRoleId(objectId, this));
    const assignments = args.groups.map(
      ({ key, objectId }) =>
        new azuread.AppRoleAssignment(
          `${name}-${key}`,
          {
            appRoleId: roleId,
            principalObjectId: objectId,
            resourceObjectId: application.servicePrincipalObjectId,
          },
          child,
        ),
    );
    const job = new azuread.SynchronizationJob(
      name,
      { servicePrincipalId: application.servicePrincipalId, templateId: "scim", enabled: false },
      // entra.Provisioning starts and stops the job. Without ignoreChanges, the next `up` after a refresh would pause it.
      { ...child, ignoreChanges: ["enabled"] },
    );
    const token = pulumi.secret(args.token);
    const test = new entra.ConnectionTest(
      name,
      { jobId: job.id, credentials: { baseAddress: args.tenantUrl, secretToken: token } },
      { parent: this },
    );
    const notifications =
      args.hidePeople === true ? pulumi.secret(notificationSettings(args)) : notificationSettings(args);
    const credentials = new azuread.SynchronizationSecret(
      name,
      {
        servicePrincipalId: application.servicePrincipalId,
        // All keys in one resource: the provider waits until the service returns as many credentials as it sent.
        credentials: [
          { key: "BaseAddress", value: args.tenantUrl },
          // From the connection test, so that the token is saved only after Entra could use it.
          { key: "SecretToken", value: pulumi.secret(test.credentials.secretToken) },
          // The portal's option "Sync only assigned users and groups".
          { key: "SyncAll", value: "false" },
          { key: "SyncNotificationSettings", value: notifications },
        ],
      },
      // The id is that of the service principal: deleting the old credentials after the new ones are saved would empty them.
      { parent: this, dependsOn: [job], deleteBeforeReplace: true },
    );
    const { maxRenamedPercent, maxLockedOutPercent, heldDeletions } = args.safeguards ?? {};
    const mappings = new entra.AttributeMappings(
      name,
      { jobId: job.id, mappings: quickstartMappings(args.mapping), maxRenamedPercent, maxLockedOutPercent },
      { parent: this },
    );
    const provisioning = new entra.Provisioning(
      name,
      {
        jobId: job.id,
        credentials: { baseAddress: args.tenantUrl, secretToken: token },
        // Entra sends already synchronized users again only after a restart.
        restartTriggers: { mappings: mappings.schemaVersion },
        groups: args.groups.map(({ objectId }) => objectId),
        maxLockedOutPercent,
        heldDeletions,
      },
      { parent: this, dependsOn: [credentials, mappings, ...assignments] },
    );

    this.jobId = job.id;
    this.servicePrincipalObjectId = application.servicePrincipalObjectId;
    this.status = provisioning.status;
    this.quarantine = provisioning.quarantine;
    this.counts = provisioning.counts;
    this.registerOutputs({ jobId: this.jobId, status: this.status, quarantine: this.quarantine });
  }
}

/** azuread keeps a deleted enterprise application in the state as long as its app registration exists. */
async function userRoleId(objectId: string, parent: pulumi.Resource): Promise<string> {
  const { appRoles } = await azuread.getServicePrincipal({ objectId }, { parent }).catch((error: unknown) => {
    throw new Error(
      `The enterprise application (object id ${objectId}) cannot be read. If it was deleted, delete its app registration, too, and run ` +
        `pulumi up --refresh: the stack creates both again. Reason: ${String(error)}`,
    );
  });
  return findUserAppRoleId(appRoles);
}

/** Returns the notification settings in the format of the portal's settings page: JSON in a string among the job's secrets. */
function notificationSettings(args: UserProvisioningArgs): string {
  return JSON.stringify({
    Enabled: args.notificationEmail !== undefined,
    Recipients: args.notificationEmail ?? "",
    DeleteThresholdEnabled: true,
    DeleteThresholdValue: args.deletionThreshold ?? defaults.deletionThreshold,
  });
}
