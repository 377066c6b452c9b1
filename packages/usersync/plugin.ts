import { type EntraConfig, type RetryDelays, defaultRetryDelays } from "./resources/entraConfig";
import { attributeMappings } from "./resources/attributeMappings/attributeMappings";
import { checkAccess } from "./functions/checkAccess";
import { checkTeams } from "./functions/checkTeams";
import { checkUsernames } from "./functions/checkUsernames";
import { connectionTest } from "./resources/connectionTest";
import { findDuplicates } from "./functions/findDuplicates";
import { findGroups } from "./functions/findGroups";
import { getGroup } from "./functions/getGroup";
import { getProvisioner } from "./functions/getProvisioner";
import { provisioning } from "./resources/provisioning/provisioning";
import type { GraphClient } from "./clients/graph/client";
import type { OpenOptions } from "./clients/graph/openGraph";
import { isMap, type Plugin } from "./host/types";
import { byToken } from "./host/define";
import { createPackageSchema } from "./host/packageSchema";
import type { SmallstepConfig } from "./clients/database/providerSettings";
import { getScimLogin } from "./functions/getScimLogin";
import { getUserNameExpression } from "./functions/getUserNameExpression";
import { registration } from "./resources/registration/registration";
import { teams } from "./resources/teams";
import { checkSettings, providerSettings, readPeople } from "./settings";
import { version } from "./version";

/**
 * Configuration that every handler receives. Clients are created on first use, so a stack needs credentials only for
 * what it uses.
 */
export interface UsersyncConfig extends EntraConfig, SmallstepConfig {}

/** Options of the process, not of the provider. Tests shorten the waits and trust their own certificate authority. */
export interface PluginOptions {
  graph?: Pick<OpenOptions, "trust" | "times" | "env">;
  retryDelays?: RetryDelays;
  /** Sign in to Entra ID right after `configure` instead of at the first Graph call. Default: false. */
  eagerSignIn?: boolean;
}

const functions = [
  checkAccess,
  checkTeams,
  checkUsernames,
  findDuplicates,
  findGroups,
  getGroup,
  getProvisioner,
  getScimLogin,
  getUserNameExpression,
];

const resources = [attributeMappings, connectionTest, provisioning, registration, teams];
/** Package schema, which the plugin returns from GetSchema. It also describes the plugin in docs/reference. */
export const packageSchema = createPackageSchema({
  name: "usersync",
  version,
  namespace: "smallstep-ssh",
  description: "Synchronization of Entra ID users with Smallstep SSH",
  keywords: ["category/cloud", "kind/native", "azuread", "entra", "provisioning", "scim", "smallstep", "ssh"],
  settings: providerSettings,
  resources,
  functions,
});

/** Creates the `usersync` plugin: its schema, resources, functions and configuration. */
export function usersync(options: PluginOptions = {}): Plugin<UsersyncConfig> {
  return {
    name: "usersync",
    version,
    schema: packageSchema,
    resources: byToken(resources),
    functions: byToken(functions),
    checkConfig: (news) => Promise.resolve(checkSettings(news)),
    configure: async (settings) => {
      const people = readPeople(settings);
      let client: Promise<GraphClient> | undefined;
      const graph = (signal?: AbortSignal): Promise<GraphClient> => {
        // Load on first use: the engine waits until the plugin has started, and the Azure libraries load slowly.
        client ??= import("./clients/graph/openGraph.js").then(({ openGraph }) =>
          openGraph(settings, { ...options.graph, ...(signal ? { signal } : {}), people }),
        );
        // Forget a failed client: the lookup of the cloud may succeed for the next resource.
        client.catch(() => (client = undefined));
        return client;
      };
      // Sign in after `configure` has replied, in parallel with the engine's own start-up. Errors are ignored here; the
      // first Graph call reports them.
      if (options.eagerSignIn === true) {
        setImmediate(
          () =>
            void graph()
              .then((found) => found.claims())
              .catch(() => undefined),
        );
      }
      return {
        database: isMap(settings["database"]) ? settings["database"] : undefined,
        retryDelays: options.retryDelays ?? defaultRetryDelays,
        people,
        graph,
      };
    },
  };
}
