import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { smallstep } from "@smallstep-ssh/usersync";
import { databaseRole } from "./databaseRole";
import { registrationName } from "./name";
import { podSpec, programFile, type SecretName, type SettingName } from "./podSpec";
import { jobProgram } from "./program";
import type { RegistrationArgs } from "./settings";

/** Seconds added to the wait for users, for image pulls and three attempts. */
const deadlineMarginSeconds = 900;

/**
 * Steps 3 and 7 of the quickstart, as a Kubernetes Job. The Job registers the OIDC provisioner at the CA, waits until the SCIM
 * directory holds users, and only then switches the team to it, so that no user is locked out. `smallstep.Registration` observes the
 * result: on drift or a change, the Job runs again under a new name. Destroying leaves the provisioner. It also leaves the team's
 * directory, unless `onDestroy` is `restore`.
 *
 * Needs the providers `kubernetes`, `postgresql`, `random` and `usersync`.
 */
export class Registration extends pulumi.ComponentResource {
  /** Number of the current Job: 1 at first, increased by one with every change or repair. */
  readonly generation: pulumi.Output<number>;
  /** Name of the current Job. */
  readonly jobName: pulumi.Output<string>;
  /** Name of the Job's database role. */
  readonly databaseRole: pulumi.Output<string>;
  /** Grants of the Job's database role, for the `grantsDependOn` of another registration. */
  readonly grants: readonly pulumi.Resource[];
  /** Id of the directory that the team used before; undefined for none. */
  readonly previousDirectoryId: pulumi.Output<string | undefined>;

  constructor(name: string, args: RegistrationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("smallstep-ssh:components:Registration", name, {}, opts);
    const { namespace } = args.kubernetes;
    const resourceName = registrationName(args.team.slug, pulumi.getStack());
    const database = args.database.name ?? "folk";
    const role = databaseRole(name, resourceName, database, this, {
      passwordVersion: args.passwordVersion ?? 1,
      after: args.grantsDependOn ?? [],
    });
    const registration = new smallstep.Registration(
      name,
      {
        teamSlug: args.team.slug,
        directoryId: args.team.directoryId,
        caUrl: args.ca.url,
        ...(args.ca.rootCert === undefined ? {} : { caRootCert: args.ca.rootCert }),
        provisioner: toProvisionerArgs(args),
        scim: { tenantUrl: args.scim.tenantUrl, token: args.scim.token, minimumUsers: args.scim.minimumUsers ?? 1 },
        onDestroy: args.onDestroy ?? "keep",
      },
      { parent: this },
    );

    const configMap = new kubernetes.core.v1.ConfigMap(
      name,
      {
        metadata: { name: resourceName, namespace },
        data: { ...settings(args, role.username, database), [programFile]: jobProgram() },
      },
      { parent: this },
    );
    const secrets: Record<SecretName, pulumi.Output<string>> = {
      CLIENT_SECRET: pulumi.secret(args.provisioner.clientSecret),
      SCIM_TOKEN: pulumi.secret(args.scim.token),
      PGPASSWORD: role.password,
    };
    const secret = new kubernetes.core.v1.Secret(
      name,
      { metadata: { name: resourceName, namespace }, type: "Opaque", stringData: secrets },
      // Publish a new password only after the role has it.
      { parent: this, dependsOn: role.grants },
    );
    const waitSeconds = waitMinutes(args) * 60;
    const job = new kubernetes.batch.v1.Job(
      name,
      {
        metadata: {
          name: pulumi.interpolate`${resourceName}-${registration.generation}`,
          namespace,
          // With replaceUnready, the next `up` runs a failed Job again. With skipAwait, the next `up` after a refresh does.
          annotations: { [`pulumi.com/${args.waitForJob === true ? "replaceUnready" : "skipAwait"}`]: "true" },
        },
        spec: {
          // No ttlSecondsAfterFinished: the deletion of a finished Job would be drift.
          backoffLimit: 2,
          activeDeadlineSeconds: waitSeconds + deadlineMarginSeconds,
          template: {
            spec: podSpec({
              adminToolsImage: args.kubernetes.adminToolsImage,
              nodeImage: args.kubernetes.nodeImage ?? "docker.io/library/node:24-alpine",
              configMap: configMap.metadata.name,
              secret: secret.metadata.name,
              ...(args.kubernetes.adminTools === undefined ? {} : { adminTools: args.kubernetes.adminTools }),
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
    this.databaseRole = role.username;
    this.grants = role.grants;
    this.previousDirectoryId = registration.previousDirectoryId;
    this.registerOutputs({ generation: this.generation, jobName: this.jobName });
  }
}

function toProvisionerArgs(args: RegistrationArgs) {
  const { name, clientId, clientSecret, configurationEndpoint, tenantId, domains, listenAddress } = args.provisioner;
  return {
    name: name ?? "azuread",
    clientId,
    clientSecretFingerprint: smallstep.clientSecretFingerprint(clientSecret, clientId),
    configurationEndpoint,
    tenantId,
    domains: [...domains],
    listenAddress: listenAddress === "any" ? undefined : (listenAddress ?? "127.0.0.1:10000"),
  };
}

function waitMinutes(args: RegistrationArgs): number {
  return args.scim.waitMinutes ?? 120;
}

type Settings = Partial<Record<SettingName, pulumi.Input<string>>>;

function settings(args: RegistrationArgs, username: pulumi.Output<string>, databaseName: string): Settings {
  const { ca, database, scim, team } = args;
  const provisioner = toProvisionerArgs(args);
  return {
    CA_URL: ca.url,
    ...(ca.rootCert === undefined ? {} : { ROOT_CERT: ca.rootCert }),
    AUTHORITY_ID: ca.authorityId,
    UPDATE_VERB: ca.updateVerb ?? "update",
    PROVISIONER_NAME: provisioner.name,
    CLIENT_ID: provisioner.clientId,
    CONFIGURATION_ENDPOINT: provisioner.configurationEndpoint,
    TENANT_ID: provisioner.tenantId,
    DOMAINS: args.provisioner.domains.join(","),
    LISTEN_ADDRESS: provisioner.listenAddress ?? "",
    TENANT_URL: scim.tenantUrl,
    MINIMUM_USERS: String(scim.minimumUsers ?? 1),
    ...(scim.requiredUsers?.length ? { REQUIRED_USERS: scim.requiredUsers.join(",") } : {}),
    WAIT_SECONDS: String(waitMinutes(args) * 60),
    PGHOST: database.host,
    PGPORT: String(database.port ?? 5432),
    PGDATABASE: databaseName,
    PGUSER: username,
    PGSSLMODE: database.sslmode ?? "verify-full",
    ...(database.rootCert === undefined ? {} : { DATABASE_ROOT_CERT: database.rootCert }),
    TEAM_SLUG: team.slug,
    DIRECTORY_ID: team.directoryId,
    ...(team.allowSharedDirectory === true ? { ALLOW_SHARED_DIRECTORY: "true" } : {}),
  };
}
