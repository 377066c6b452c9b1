import { readGraphSettings, type GraphClient, type RetryTimes } from "@smallstep-ssh/usersync/clients";
import { openGraph } from "@smallstep-ssh/usersync/openGraph";
import type { CheckFailure, Plugin, PropertyMap } from "@smallstep-ssh/usersync/host";
import type { AzureadConfig } from "./config";
import { getClientConfig } from "./functions/getClientConfig";
import { getGroup } from "./functions/getGroup";
import { getServicePrincipal } from "./functions/getServicePrincipal";
import { applicationFromTemplate } from "./resources/applicationFromTemplate";
import { application } from "./resources/application";
import { applicationPassword } from "./resources/applicationPassword";
import { appRoleAssignment } from "./resources/appRoleAssignment";
import { delegatedPermissionGrant } from "./resources/delegatedPermissionGrant";
import { group } from "./resources/group";
import { servicePrincipal } from "./resources/servicePrincipal";
import { synchronizationJob } from "./resources/synchronizationJob";
import { synchronizationSecret } from "./resources/synchronizationSecret";
import { version } from "./version";
import { defaultPollOptions, type PollOptions } from "./waits";

/** Options for tests, which use shorter waits and their own certificate authority. */
export interface AzureadOptions {
  graph?: { trust?: string; times?: RetryTimes; env?: NodeJS.ProcessEnv };
  waits?: PollOptions;
}

/** Settings of the official provider for credentials that the stand-in does not support. */
const otherSignIns = [
  "adoPipelineServiceConnectionId",
  "clientCertificate",
  "clientCertificatePassword",
  "clientCertificatePath",
  "clientIdFilePath",
  "clientSecretFilePath",
] as const;

/**
 * Creates a stand-in for the official `azuread` plugin, for networks where that cannot be downloaded. It has the
 * resource types and functions that this stack uses, with the schema, requests and quirks of the official plugin.
 */
export function azuread(options: AzureadOptions = {}): Plugin<AzureadConfig> {
  return {
    name: "azuread",
    version,
    resources: {
      "azuread:index/application:Application": application,
      "azuread:index/applicationFromTemplate:ApplicationFromTemplate": applicationFromTemplate,
      "azuread:index/applicationPassword:ApplicationPassword": applicationPassword,
      "azuread:index/appRoleAssignment:AppRoleAssignment": appRoleAssignment,
      "azuread:index/group:Group": group,
      "azuread:index/servicePrincipal:ServicePrincipal": servicePrincipal,
      "azuread:index/servicePrincipalDelegatedPermissionGrant:ServicePrincipalDelegatedPermissionGrant":
        delegatedPermissionGrant,
      "azuread:index/synchronizationJob:SynchronizationJob": synchronizationJob,
      "azuread:index/synchronizationSecret:SynchronizationSecret": synchronizationSecret,
    },
    functions: {
      "azuread:index/getClientConfig:getClientConfig": getClientConfig,
      "azuread:index/getGroup:getGroup": getGroup,
      "azuread:index/getServicePrincipal:getServicePrincipal": getServicePrincipal,
    },
    checkConfig: async (news) => ({
      inputs: news,
      failures: [...readGraphSettings(news, {}).failures, ...refuseOtherSignIns(news)],
    }),
    configure: async (settings) => {
      let graph: Promise<GraphClient> | undefined;
      return {
        settings: readGraphSettings(settings, options.graph?.env ?? process.env).settings,
        waits: options.waits ?? defaultPollOptions,
        graph: (signal) => {
          graph ??= openGraph(settings, { ...options.graph, userAgent: "azuread", signal });
          // If the cloud's metadata cannot be read, the next resource tries again.
          graph.catch(() => (graph = undefined));
          return graph;
        },
      };
    },
  };
}

function refuseOtherSignIns(news: PropertyMap): CheckFailure[] {
  const given = otherSignIns.filter((property) => news[property] !== undefined && news[property] !== "");
  const reason = "the stand-in for azuread signs in only with clientSecret, OIDC, a managed identity or the Azure CLI.";
  return given.map((property) => ({ property, reason }));
}
