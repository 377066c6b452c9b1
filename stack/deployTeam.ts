import * as pulumi from "@pulumi/pulumi";
import {
  type ResolvedGroup,
  oidcConfigurationEndpoint,
  scimTenantUrl,
  sshCommands,
  OidcApplication,
  Registration,
  UserProvisioning,
} from "@smallstep-ssh/components";
import { smallstep } from "@smallstep-ssh/usersync";
import type { Team } from "./config/team";
import { defaultTeam } from "./config/teams";
import { userNameExpression } from "./config/sections/mapping";
import type { Settings } from "./config/schema";
import { checkClientSecret } from "./clientSecretCheck";
import type { Providers } from "./providers";

/** Values that all teams of a stack share. */
export interface Shared {
  providers: Providers;
  /** Object id of the deploying identity, which owns the apps. */
  owner: pulumi.Output<string>;
  /** Endpoint where users sign in. */
  loginEndpoint: string;
  /** PEM of the root certificate of `folk`. Default: the public roots. */
  databaseRootCert: string | undefined;
}

/** The result of declaring a team. */
export interface DeployedTeam {
  outputs: Record<string, unknown>;
  /** Grants in `folk`. PostgreSQL rejects concurrent grants on one table, so those of the next team depend on these. */
  grants: readonly pulumi.Resource[];
  /** Why the team must not be deployed, detected during a preview; undefined without a problem. */
  problem: Promise<string | undefined>;
}

/** Declares one team: its app registration, its enterprise app, and its registration Job. */
export function deployTeam(
  team: Team,
  groups: readonly ResolvedGroup[],
  shared: Shared,
  grantsDependOn: readonly pulumi.Resource[],
): DeployedTeam {
  const { settings } = team;
  const { oidc, scim, cutover } = settings;
  const { azuread, usersync, postgresql } = shared.providers;
  const kubernetes = shared.providers.kubernetes.get(settings.kubernetes.context)!;
  const entraOnly = { providers: [azuread, usersync] };
  const name = (resource: string) => logicalName(team, resource);

  const application = new OidcApplication(
    name("smallstep-ssh"),
    {
      displayName: oidc.displayName,
      redirectUris: oidc.redirectUris,
      owners: oidc.owners ?? [shared.owner],
      clientSecretEndDate: oidc.clientSecretEndDate,
      clientSecretVersion: oidc.clientSecretVersion,
      ...(oidc.clientSecret === undefined ? {} : { clientSecret: oidc.clientSecret }),
      emailClaim: oidc.emailClaim,
      adminConsent: oidc.adminConsent,
      ...(oidc.assignmentRequired ? { assignedGroups: groups } : {}),
    },
    entraOnly,
  );

  const tenantUrl = scimTenantUrl(scim.baseUrl, scim.directoryId);
  const token = scimToken(settings, usersync);
  const userSync = new UserProvisioning(
    name("smallstep-usersync"),
    {
      displayName: scim.displayName,
      groups,
      tenantUrl,
      token,
      mapping: {
        userName: userNameExpression(settings.mapping),
        email: settings.mapping.email,
        additionalMappings: settings.mapping.additionalMappings,
      },
      deletionThreshold: scim.deletionThreshold,
      safeguards: settings.safeguards,
      ...(scim.notificationEmail === undefined ? {} : { notificationEmail: scim.notificationEmail }),
    },
    entraOnly,
  );

  const configurationEndpoint = oidcConfigurationEndpoint(settings.tenantId, shared.loginEndpoint);
  const registration = new Registration(
    name("registration"),
    {
      team: {
        slug: settings.smallstep.teamSlug,
        directoryId: scim.directoryId,
        allowSharedDirectory: settings.safeguards.allowSharedDirectory,
      },
      ca: certificateAuthority(settings),
      provisioner: {
        name: oidc.provisionerName,
        clientId: application.clientId,
        clientSecret: application.clientSecret,
        configurationEndpoint,
        tenantId: settings.tenantId,
        domains: oidc.emailDomains,
        listenAddress: oidc.listenAddress,
      },
      scim: {
        tenantUrl,
        token,
        minimumUsers: cutover.minimumUsers,
        requiredUsers: cutover.requiredUsers,
        waitMinutes: cutover.userWaitTimeoutMinutes,
      },
      database: jobDatabase(settings, shared.databaseRootCert),
      kubernetes: cluster(settings),
      waitForJob: cutover.waitForJob,
      onDestroy: cutover.onDestroy,
      passwordVersion: settings.database.jobPasswordVersion,
      grantsDependOn,
    },
    { providers: [kubernetes, postgresql, usersync] },
  );

  const commands = sshCommands(settings.smallstep.teamSlug, settings.smallstep.apiHost);
  const outputs = {
    groups: Object.fromEntries(groups.map(({ key, objectId }) => [key, objectId])),
    clientId: application.clientId,
    clientSecret: application.clientSecret,
    clientSecretEndDate: application.clientSecretEndDate,
    configurationEndpoint,
    servicePrincipalId: userSync.servicePrincipalObjectId,
    jobId: userSync.jobId,
    tenantUrl,
    provisioning: { status: userSync.status, quarantine: userSync.quarantine, counts: userSync.counts },
    registrationJob: registration.jobName,
    sshConfigCommand: commands.config,
    sshLoginCommand: commands.login,
  };
  return { outputs, grants: registration.grants, problem: checkClientSecret(team, application) };
}

/**
 * Returns `registration`, or `blue.registration`. A team's key holds no dot, so names of two teams never collide, whatever their groups
 * are called.
 */
export function logicalName(team: Pick<Team, "key">, resource: string): string {
  return team.key === defaultTeam ? resource : `${team.key}.${resource}`;
}

function certificateAuthority({ smallstep: { caUrl, authorityId, updateVerb, caRootCert } }: Settings) {
  return { url: caUrl, authorityId, updateVerb, ...(caRootCert === undefined ? {} : { rootCert: caRootCert }) };
}

function cluster({ kubernetes }: Settings) {
  const { namespace, adminToolsImage, nodeImage, adminToolsUser, adminToolsReadOnlyRootFilesystem } = kubernetes;
  const adminTools = { user: adminToolsUser, readOnlyRootFilesystem: adminToolsReadOnlyRootFilesystem };
  return { namespace, adminToolsImage, nodeImage, adminTools };
}

function jobDatabase({ database }: Settings, rootCert: string | undefined) {
  return {
    host: database.jobHost ?? database.host,
    port: database.jobPort ?? database.port,
    name: database.name,
    sslmode: database.sslmode,
    ...(rootCert === undefined ? {} : { rootCert }),
  };
}

function scimToken(settings: Settings, provider: pulumi.ProviderResource): pulumi.Output<string> {
  const { token, directoryId } = settings.scim;
  if (token !== undefined) return pulumi.secret(token);
  const { directoryColumn } = settings.database;
  return smallstep.getScimLoginOutput({ directoryId, directoryColumn }, { provider }).token;
}
