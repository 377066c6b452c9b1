import type { EntraConfig, RetryDelays } from "./entra";
import { attributeMappings, checkUsernames, connectionTest, defaultRetryDelays, getGroup, provisioning } from "./entra";
import type { GraphClient, OpenOptions } from "./graph";
import { readGraphSettings } from "./graph";
import type { Plugin, PropertyMap } from "./host";
import { schema } from "./schema";
import { checkDatabase, getScimLogin, registration, type SmallstepConfig } from "./smallstep";
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

/** Creates the `usersync` plugin: its schema, resources, functions and configuration. */
export function usersync(options: PluginOptions = {}): Plugin<UsersyncConfig> {
  return {
    name: "usersync",
    version,
    schema,
    resources: {
      "usersync:entra:AttributeMappings": attributeMappings,
      "usersync:entra:ConnectionTest": connectionTest,
      "usersync:entra:Provisioning": provisioning,
      "usersync:smallstep:Registration": registration,
    },
    functions: {
      "usersync:entra:checkUsernames": checkUsernames,
      "usersync:entra:getGroup": getGroup,
      "usersync:smallstep:getScimLogin": getScimLogin,
    },
    checkConfig: (news) => {
      const failures = [...readGraphSettings(news, {}).failures, ...checkDatabase(news["database"])];
      return Promise.resolve({ inputs: news, failures });
    },
    configure: async (settings, registerSecret) => {
      let client: Promise<GraphClient> | undefined;
      const graph = (signal?: AbortSignal): Promise<GraphClient> => {
        // Load on first use: the engine waits until the plugin has started, and the Azure libraries load slowly.
        client ??= import("./graph/open.js").then(({ openGraph }) =>
          openGraph(settings, { ...options.graph, registerSecret, ...(signal ? { signal } : {}) }),
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
        database: settings["database"] as PropertyMap | undefined,
        retryDelays: options.retryDelays ?? defaultRetryDelays,
        graph,
      };
    },
  };
}
