import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import { AccessGroups } from "../components/accessGroups";
import { oidcConfigurationEndpoint, scimTenantUrl, sshCommands } from "../components/addresses";
import { OidcApplication } from "../components/oidcApplication";
import { Registration } from "../components/registration";
import { UserSync } from "../components/userSync";
import { checkSettings, ConfigurationError, readSettings, userNameExpression, type Settings } from "../config";
import { connectionProblems } from "../preflight";
import type { OpenOptions } from "../provider/graph";
import { smallstep } from "../provider/sdk";
import { readCredentials, type Credentials } from "./credentials";
import { makeProviders } from "./providers";
import { checkUsernames } from "./usernameCheck";

export interface DeployOptions {
  /** How this process, not the plugins, reaches Microsoft Graph: a certificate authority to trust besides the usual ones. */
  graph?: OpenOptions;
}

/**
 * The whole stack: reads and checks the configuration, looks whether everything can be reached, and declares the resources.
 * Runs in `pulumi preview` and `pulumi up`; `refresh` and `destroy` work from the state alone.
 * @returns the stack's outputs
 * @throws ConfigurationError with all that is wrong, before the first resource
 */
export async function deploy(options: DeployOptions = {}): Promise<Record<string, unknown>> {
  const all = pulumi.runtime.allConfig();
  const settings = checkSettings(readSettings(all, pulumi.getProject()));
  const credentials = readCredentials(all);
  await checkConnections(settings, credentials, options.graph);

  const providers = makeProviders(settings, credentials);
  const entraOnly = { providers: [providers.azuread, providers.usersync] };
  const owner = azuread.getClientConfigOutput({ provider: providers.azuread }).objectId;

  const groups = new AccessGroups("access", { groups: settings.groups, owners: [owner] }, entraOnly);
  const usernames = await checkUsernames(settings, groups, providers.usersync);
  const oidc = new OidcApplication(
    "smallstep-ssh",
    {
      displayName: settings.oidc.displayName,
      redirectUris: settings.oidc.redirectUris,
      owners: [owner],
      secretEndDate: settings.oidc.secretExpires,
      emailClaim: settings.oidc.emailClaim,
      adminConsent: settings.oidc.adminConsent,
      ...(settings.oidc.assignmentRequired ? { assignedGroups: groups.groups } : {}),
    },
    entraOnly,
  );

  const { scim } = settings;
  const tenantUrl = scimTenantUrl(scim.baseUrl, scim.directoryId);
  const token = scimToken(settings, providers.usersync);
  const userSync = new UserSync(
    "smallstep-usersync",
    {
      displayName: scim.displayName,
      groups: groups.groups,
      tenantUrl,
      token,
      mapping: {
        userName: userNameExpression(settings.mapping),
        email: settings.mapping.email,
        extra: settings.mapping.extra as NonNullable<ConstructorParameters<typeof UserSync>[1]["mapping"]["extra"]>,
      },
      deletionThreshold: scim.deletionThreshold,
      ...(scim.notificationEmail === undefined ? {} : { notificationEmail: scim.notificationEmail }),
    },
    entraOnly,
  );

  const { folk, cutOver } = settings;
  const configurationEndpoint = oidcConfigurationEndpoint(settings.tenantId, loginEndpoint(credentials));
  const registration = new Registration(
    "registration",
    {
      team: { slug: settings.smallstep.teamSlug, directoryId: scim.directoryId },
      ca: {
        url: settings.smallstep.caUrl,
        authorityId: settings.smallstep.authorityId,
        ...(settings.smallstep.caRootCert === undefined ? {} : { rootCert: settings.smallstep.caRootCert }),
      },
      provisioner: {
        name: settings.oidc.provisionerName,
        clientId: oidc.clientId,
        clientSecret: oidc.clientSecret,
        configurationEndpoint,
        tenantId: settings.tenantId,
        domains: settings.oidc.emailDomains,
        listenAddress: settings.oidc.listenAddress,
      },
      scim: { tenantUrl, token, minimumUsers: cutOver.minimumUsers, waitMinutes: cutOver.waitForUsersMinutes },
      folk: {
        host: folk.jobHost ?? folk.host,
        port: folk.jobPort ?? folk.port,
        database: folk.database,
        sslmode: folk.sslmode,
        ...(folk.sslRootCert === undefined ? {} : { rootCert: readFileSync(folk.sslRootCert, "utf8") }),
      },
      kubernetes: settings.kubernetes,
      waitForJob: cutOver.waitForJob,
      onDestroy: cutOver.onDestroy,
    },
    { providers: [providers.postgresql, providers.usersync] },
  );

  const commands = sshCommands(settings.smallstep.teamSlug, settings.smallstep.apiHost);
  return {
    tenantId: settings.tenantId,
    groups: Object.fromEntries(groups.groups.map(({ key, objectId }) => [key, objectId])),
    clientId: oidc.clientId,
    clientSecret: oidc.clientSecret,
    clientSecretEndDate: oidc.clientSecretEndDate,
    configurationEndpoint,
    servicePrincipalId: userSync.servicePrincipalObjectId,
    jobId: userSync.jobId,
    tenantUrl,
    provisioning: { status: userSync.status, quarantine: userSync.quarantine, counts: userSync.counts },
    ...(usernames === undefined ? {} : { usernames }),
    registrationJob: registration.jobName,
    sshConfigCommand: commands.config,
    sshLoginCommand: commands.login,
  };
}

async function checkConnections(settings: Settings, credentials: Credentials, graph?: OpenOptions): Promise<void> {
  if (settings.checks.connections === "off") return;
  const problems = await connectionProblems(settings, credentials, graph);
  if (problems.length === 0) return;
  if (settings.checks.connections === "error") throw new ConfigurationError(problems);
  await pulumi.log.warn(problems.join("\n"));
}

function scimToken(settings: Settings, provider: pulumi.ProviderResource): pulumi.Output<string> {
  const { token, directoryId } = settings.scim;
  if (token !== undefined) return pulumi.secret(token);
  const { directoryColumn } = settings.folk;
  return smallstep.getScimLoginOutput({ directoryId, directoryColumn }, { provider }).token;
}

/** Where people sign in, by cloud; a cloud known only by its metadata host signs in there. */
function loginEndpoint({ environment, metadataHost }: Credentials): string {
  const host = metadataHost ?? process.env["ARM_METADATA_HOSTNAME"];
  if (host !== undefined && host !== "") return `https://${String(host)}`;
  switch (String(environment ?? process.env["ARM_ENVIRONMENT"] ?? "public").toLowerCase()) {
    case "usgovernment":
    case "usgovernmentl4":
    case "dod":
    case "usgovernmentl5":
      return "https://login.microsoftonline.us";
    case "china":
      return "https://login.partner.microsoftonline.cn";
    default:
      return "https://login.microsoftonline.com";
  }
}
