import { AsyncResource } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";
import {
  type AccessGroups,
  type SecretRotation,
  oidcConfigurationEndpoint,
  scimTenantUrl,
  sshCommands,
  OidcApplication,
  Registration,
  UserProvisioning,
} from "@smallstep-ssh/components";
import { smallstep } from "@smallstep-ssh/usersync";
import { checkProvisioner, checkRotation, warnBeforeExpiry } from "./clientSecret";
import type { Settings, Team } from "./config/schema";
import { userNameExpression } from "./config/sections/entra";
import { defaultTeam } from "./config/teams";
import type { Providers } from "./providers";

/** Values that all teams of a stack share. */
export interface Shared {
  providers: Providers;
  /** Returns the hooks of a component by its name. */
  hooksFor: (component: string) => pulumi.ResourceHookBinding | undefined;
  access: AccessGroups;
  /** Object id of the deploying identity, which owns the apps. */
  owner: string;
  /** Endpoint where users sign in. */
  loginEndpoint: string;
  /** PEM of the root certificate of `folk`. Default: the public roots. */
  databaseRootCert: string | undefined;
}

/** The result of declaring a team. */
export interface DeployedTeam {
  /** Object id of the service principal of the enterprise application. */
  servicePrincipalId: pulumi.Output<string>;
  outputs: Record<string, unknown>;
  /** Grants in `folk`. */
  grants: readonly pulumi.Resource[];
}

/** Declares one team: its app registration, its enterprise app, and its registration Job. */
export function deployTeam(team: Team, shared: Shared, grantsDependOn: readonly pulumi.Resource[]): DeployedTeam {
  const { settings } = team;
  const { tenantId, oidc, scim, cutover, database, kubernetes, mapping, safeguards, checks } = settings;
  const { azuread, usersync, postgresql } = shared.providers;
  const hidePeople = checks.people !== "names";
  const options = (component: string, ...providers: pulumi.ProviderResource[]) => ({
    providers: [...providers, usersync],
    hooks: shared.hooksFor(component),
  });
  const groups = shared.access.select(settings.groups);

  const sshName = logicalName(team, "smallstep-ssh");
  const application = new OidcApplication(
    sshName,
    {
      displayName: oidc.displayName,
      redirectUris: oidc.redirectUris,
      owners: oidc.owners ?? [shared.owner],
      clientSecretEndDate: oidc.clientSecretEndDate,
      clientSecretVersion: oidc.clientSecretVersion,
      clientSecret: oidc.clientSecret,
      emailClaim: oidc.emailClaim,
      adminConsent: oidc.adminConsent,
      assignedGroups: oidc.assignmentRequired ? groups : undefined,
      // In the program's asynchronous context, in which the SDK keeps its connection.
      beforeRotation: AsyncResource.bind((rotation: SecretRotation) => checkRotation(team, rotation, usersync)),
    },
    options(sshName, azuread),
  );
  application.clientSecretEndDate.apply((end) => warnBeforeExpiry(team, end));
  // Not awaited, because the client id of an application that is not created never becomes known. A rejection ends the program.
  void checkProvisioner(team, application, usersync);

  const tenantUrl = scimTenantUrl(scim.baseUrl, scim.directoryId);
  const token = scimToken(settings, usersync);
  const syncName = logicalName(team, "smallstep-usersync");
  const userSync = new UserProvisioning(
    syncName,
    {
      displayName: scim.displayName,
      groups,
      tenantUrl,
      token,
      mapping: { ...mapping, userName: userNameExpression(mapping) },
      deletionThreshold: scim.deletionThreshold,
      safeguards,
      notificationEmail: scim.notificationEmail,
      hidePeople,
    },
    options(syncName, azuread),
  );

  const configurationEndpoint = oidcConfigurationEndpoint(tenantId, shared.loginEndpoint);
  const registrationName = logicalName(team, "registration");
  const registration = new Registration(
    registrationName,
    {
      team: {
        slug: settings.smallstep.teamSlug,
        directoryId: scim.directoryId,
        allowSharedDirectory: safeguards.allowSharedDirectory,
      },
      ca: {
        url: settings.smallstep.caUrl,
        authorityId: settings.smallstep.authorityId,
        updateVerb: settings.smallstep.updateVerb,
        rootCert: settings.smallstep.caRootCert,
      },
      provisioner: {
        name: oidc.provisionerName,
        clientId: application.clientId,
        clientSecret: application.clientSecret,
        configurationEndpoint,
        tenantId,
        domains: oidc.emailDomains,
        listenAddress: oidc.listenAddress === "any" ? undefined : oidc.listenAddress,
      },
      scim: {
        tenantUrl,
        token,
        minimumUsers: cutover.minimumUsers,
        requiredUsers: cutover.requiredUsers,
        hideUsers: hidePeople,
        waitMinutes: cutover.userWaitTimeoutMinutes,
      },
      database: {
        host: database.jobHost ?? database.host,
        port: database.jobPort ?? database.port,
        name: database.name,
        sslmode: database.sslmode,
        rootCert: shared.databaseRootCert,
      },
      kubernetes: {
        namespace: kubernetes.namespace,
        adminToolsImage: kubernetes.adminToolsImage,
        nodeImage: kubernetes.nodeImage,
        adminTools: {
          user: kubernetes.adminToolsUser,
          readOnlyRootFilesystem: kubernetes.adminToolsReadOnlyRootFilesystem,
        },
      },
      waitForJob: cutover.waitForJob,
      onDestroy: cutover.onDestroy,
      passwordVersion: database.jobPasswordVersion,
      grantsDependOn,
    },
    options(registrationName, shared.providers.kubernetes(kubernetes.context), postgresql),
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
  return { servicePrincipalId: userSync.servicePrincipalObjectId, outputs, grants: registration.grants };
}

/**
 * Returns `registration`, or `blue.registration`. A team's key holds no dot, so names of two teams never collide, whatever their groups
 * are called.
 */
export function logicalName(team: Pick<Team, "key">, resource: string): string {
  return team.key === defaultTeam ? resource : `${team.key}.${resource}`;
}

function scimToken(settings: Settings, provider: pulumi.ProviderResource): pulumi.Output<string> {
  const { token, directoryId } = settings.scim;
  if (token !== undefined) return pulumi.secret(token);
  const { directoryColumn } = settings.database;
  return smallstep.getScimLoginOutput({ directoryId, directoryColumn }, { provider }).token;
}
