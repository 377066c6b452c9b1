import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { entra } from "../provider/sdk";
import { quickstartMappings, type MappingSetOptions } from "./mappingSet";
import { findUserAppRoleId } from "./userRole";

/** Entra's template for applications that are not in the gallery; the same in every tenant. */
const nonGalleryTemplate = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621";

export interface UserProvisioningArgs {
  /** Display name of the enterprise application. */
  displayName: pulumi.Input<string>;
  /** Groups whose direct members are provisioned, by a key that becomes part of a resource's name. */
  groups: readonly { key: string; objectId: pulumi.Input<string> }[];
  /** Where Entra provisions to: `https://host/DIRECTORY/v2`. Tested before the job is started. */
  tenantUrl: pulumi.Input<string>;
  /** Bearer token of the SCIM directory. Tested before it is saved. Always kept as a secret. */
  token: pulumi.Input<string>;
  /** How attributes are mapped; exactly this set, nothing else is left over. */
  mapping: MappingSetOptions;
  /**
   * Accidental-deletion prevention: a cycle that would delete or disable more users than this is held.
   * @default 500
   */
  deletionThreshold?: number;
  /**
   * Who Entra mails when the job goes into quarantine.
   * @default nobody
   */
  notificationEmail?: string;
  /**
   * How many people a change may affect before it is refused.
   * @default no limit
   */
  safeguards?: {
    /** Per cent of the people provisioned who may get another user name by a change of the mapping. */
    maxRenamedPercent: number;
    /** Per cent of the people provisioned who may be kept from logging in by a change of the mapping or the groups. */
    maxLockedOutPercent: number;
    /** What to do with a job that accidental-deletion prevention holds. */
    heldDeletions: "fail" | "retry" | "allow";
  };
}

/**
 * The enterprise application that provisions users and groups to Smallstep over SCIM. The job is created stopped, and started
 * last, when credentials, mappings and assignments are in place: azuread alone would start it at once, and the first cycle
 * would push unmapped names. Destroying pauses provisioning first; accounts and their data stay as they are.
 */
export class UserProvisioning extends pulumi.ComponentResource {
  /** Full id of the synchronization job. */
  readonly jobId: pulumi.Output<string>;
  /** Object id of the enterprise application's service principal. */
  readonly servicePrincipalObjectId: pulumi.Output<string>;
  /** `Active`, `Paused`, `Quarantine`, ... */
  readonly status: pulumi.Output<string>;
  /** Why the job is in quarantine; undefined when it is not. */
  readonly quarantine: pulumi.Output<entra.Quarantine | undefined>;
  /** Synchronized objects by type. */
  readonly counts: pulumi.Output<Record<string, number>>;

  constructor(name: string, args: UserProvisioningArgs, opts?: pulumi.ComponentResourceOptions) {
    super("smallstep-ssh:components:UserProvisioning", name, {}, opts);
    const application = new azuread.ApplicationFromTemplate(
      name,
      { displayName: args.displayName, templateId: nonGalleryTemplate },
      { parent: this },
    );
    const roleId = azuread
      .getServicePrincipalOutput({ objectId: application.servicePrincipalObjectId }, { parent: this })
      .appRoles.apply(findUserAppRoleId);
    const assignments = args.groups.map(
      ({ key, objectId }) =>
        new azuread.AppRoleAssignment(
          `${name}-${key}`,
          {
            appRoleId: roleId,
            principalObjectId: objectId,
            resourceObjectId: application.servicePrincipalObjectId,
          },
          { parent: this },
        ),
    );
    const job = new azuread.SynchronizationJob(
      name,
      { servicePrincipalId: application.servicePrincipalId, templateId: "scim", enabled: false },
      // Started and stopped by entra.Provisioning; without this the next `up` after a refresh would pause it.
      { parent: this, ignoreChanges: ["enabled"] },
    );
    const token = pulumi.secret(args.token);
    const test = new entra.ConnectionTest(
      name,
      { jobId: job.id, credentials: { baseAddress: args.tenantUrl, secretToken: token } },
      { parent: this },
    );
    const credentials = new azuread.SynchronizationSecret(
      name,
      {
        servicePrincipalId: application.servicePrincipalId,
        // All keys in one place: the provider waits until the service holds as many as it sent.
        credentials: [
          { key: "BaseAddress", value: args.tenantUrl },
          // Saved only when Entra can use it.
          { key: "SecretToken", value: pulumi.secret(test.credentials.secretToken) },
          // The portal's "Sync only assigned users and groups".
          { key: "SyncAll", value: "false" },
          { key: "SyncNotificationSettings", value: notificationSettings(args) },
        ],
      },
      { parent: this, dependsOn: [job] },
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
        // Entra re-sends people it has synchronized already only after a restart.
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

/** As the portal's settings page writes it into the job's secrets: JSON in a string. */
function notificationSettings(args: UserProvisioningArgs): string {
  return JSON.stringify({
    Enabled: args.notificationEmail !== undefined,
    Recipients: args.notificationEmail ?? "",
    DeleteThresholdEnabled: true,
    DeleteThresholdValue: args.deletionThreshold ?? 500,
  });
}
