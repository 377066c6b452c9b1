import { createHash } from "node:crypto";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { smallstep } from "@smallstep-ssh/usersync";
import { defaults } from "../wellKnown";
import type { RegistrationArgs } from "./args";
import { databaseRole } from "./databaseRole";
import { registrationName } from "./name";
import { jobProgram, podSpec, programFile, type SecretName, type SettingName } from "./podSpec";

/** Seconds added to the wait for users, for image pulls and three attempts. */
const deadlineMarginSeconds = 900;

/**
 * Steps 3 and 7 of the quickstart, as a Kubernetes Job. The Job registers the OIDC provisioner at the CA, waits until the SCIM
 * directory holds users, and only then switches the team to it, so that no user is locked out. `smallstep.Registration` observes the
 * result: on drift or a change, the Job runs again under a new name. Destroying leaves the provisioner. It also leaves the team's
 * directory, unless `onDestroy` is `restore`. Hooks of the component run for its database role.
 *
 * Needs the providers `kubernetes`, `postgresql`, `random` and `usersync`.
 */
export class Registration extends pulumi.ComponentResource {
  /** Number of the current Job: 1 at first, increased by one with every change or repair. */
  readonly generation: pulumi.Output<number>;
  /** Name of the current Job. */
  readonly jobName: pulumi.Output<string>;
  /** Grants of the Job's database role, for the `grantsDependOn` of another registration. */
  readonly grants: readonly pulumi.Resource[];
  /** Id of the directory that the team used before; undefined for none. */
  readonly previousDirectoryId: pulumi.Output<string | undefined>;

  constructor(name: string, args: RegistrationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("smallstep-ssh:components:Registration", name, {}, opts);
    const { ca, database, provisioner, scim, team } = args;
    const { namespace, adminToolsImage, nodeImage = defaults.nodeImage, adminTools } = args.kubernetes;
    const metadata = { name: registrationName(team.slug, pulumi.getStack()), namespace };
    const databaseName = database.name ?? defaults.database.name;
    const waitSeconds = (scim.waitMinutes ?? defaults.waitMinutes) * 60;
    const role = databaseRole(
      name,
      metadata.name,
      { database: databaseName, passwordVersion: args.passwordVersion ?? 1, dependsOn: args.grantsDependOn ?? [] },
      { parent: this, hooks: opts?.hooks },
    );
    const registration = new smallstep.Registration(
      name,
      {
        teamSlug: team.slug,
        directoryId: team.directoryId,
        caUrl: ca.url,
        caRootCert: ca.rootCert,
        provisioner: {
          name: provisioner.name,
          clientId: provisioner.clientId,
          clientSecretFingerprint: smallstep.clientSecretFingerprint(provisioner.clientSecret, provisioner.clientId),
          configurationEndpoint: provisioner.configurationEndpoint,
          tenantId: provisioner.tenantId,
          domains: [...provisioner.domains],
          listenAddress: provisioner.listenAddress,
        },
        scim: {
          tenantUrl: scim.tenantUrl,
          token: scim.token,
          minimumUsers: scim.minimumUsers ?? defaults.minimumUsers,
        },
        onDestroy: args.onDestroy ?? "keep",
      },
      { parent: this },
    );

    const required = scim.requiredUsers?.length ? scim.requiredUsers.join(",") : undefined;
    const settings: Partial<Record<SettingName, pulumi.Input<string>>> = {
      CA_URL: ca.url,
      ROOT_CERT: ca.rootCert,
      AUTHORITY_ID: ca.authorityId,
      UPDATE_VERB: ca.updateVerb ?? defaults.updateVerb,
      PROVISIONER_NAME: provisioner.name,
      CLIENT_ID: provisioner.clientId,
      CONFIGURATION_ENDPOINT: provisioner.configurationEndpoint,
      TENANT_ID: provisioner.tenantId,
      DOMAINS: provisioner.domains.join(","),
      LISTEN_ADDRESS: provisioner.listenAddress ?? "",
      TENANT_URL: scim.tenantUrl,
      MINIMUM_USERS: String(scim.minimumUsers ?? defaults.minimumUsers),
      REQUIRED_USERS: scim.hideUsers === true && required !== undefined ? pulumi.secret(required) : required,
      HIDE_USERS: scim.hideUsers === true ? "true" : undefined,
      WAIT_SECONDS: String(waitSeconds),
      PGHOST: database.host,
      PGPORT: String(database.port ?? defaults.database.port),
      PGDATABASE: databaseName,
      PGUSER: role.username,
      PGSSLMODE: database.sslmode ?? defaults.database.sslmode,
      DATABASE_ROOT_CERT: database.rootCert,
      TEAM_SLUG: team.slug,
      DIRECTORY_ID: team.directoryId,
      ALLOW_SHARED_DIRECTORY: team.allowSharedDirectory === true ? "true" : undefined,
    };
    const configMap = new kubernetes.core.v1.ConfigMap(
      name,
      { metadata, data: { ...settings, [programFile]: jobProgram() } },
      // The cluster rejects a second object of the name.
      { parent: this, deleteBeforeReplace: true },
    );
    const secrets: Record<SecretName, pulumi.Output<string>> = {
      CLIENT_SECRET: pulumi.secret(provisioner.clientSecret),
      SCIM_TOKEN: pulumi.secret(scim.token),
      PGPASSWORD: role.password,
    };
    const secret = new kubernetes.core.v1.Secret(
      name,
      { metadata, type: "Opaque", stringData: secrets },
      // Publish a new password only after the role has it.
      { parent: this, dependsOn: role.grants, deleteBeforeReplace: true },
    );
    const job = new kubernetes.batch.v1.Job(
      name,
      {
        metadata: {
          name: pulumi.interpolate`${metadata.name}-${registration.generation}`,
          namespace,
          // With replaceUnready, the next `up` runs a failed Job again. With skipAwait, the next `up` after a refresh does.
          // With patchForce, an update takes over a field that another client has changed.
          annotations: {
            [`pulumi.com/${args.waitForJob === true ? "replaceUnready" : "skipAwait"}`]: "true",
            "pulumi.com/patchForce": "true",
          },
        },
        spec: {
          // No ttlSecondsAfterFinished: the deletion of a finished Job would be drift.
          backoffLimit: 2,
          activeDeadlineSeconds: waitSeconds + deadlineMarginSeconds,
          template: {
            // A corrected setting runs the Job again, also when the resource that observes the registration saw no drift.
            metadata: { annotations: { "checksum/settings": checksum(settings) } },
            spec: podSpec({
              adminToolsImage,
              nodeImage,
              configMap: configMap.metadata.name,
              secret: secret.metadata.name,
              adminTools,
            }),
          },
        },
      },
      {
        parent: this,
        dependsOn: role.grants,
        // Two Jobs of one team must not run at the same time.
        deleteBeforeReplace: true,
        customTimeouts: { create: `${waitSeconds + deadlineMarginSeconds}s` },
      },
    );

    this.generation = registration.generation;
    this.jobName = job.metadata.name;
    this.grants = role.grants;
    this.previousDirectoryId = registration.previousDirectoryId;
    this.registerOutputs({ generation: this.generation, jobName: this.jobName });
  }
}

function checksum(settings: pulumi.Input<object>): pulumi.Output<string> {
  const digest = (value: object) => createHash("sha256").update(JSON.stringify(value)).digest("hex");
  return pulumi.output(settings).apply(digest);
}
