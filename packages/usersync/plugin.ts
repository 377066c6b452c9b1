import { type EntraConfig, type RetryDelays, defaultRetryDelays } from "./resources/entraConfig";
import { attributeMappings } from "./resources/attributeMappings/attributeMappings";
import { checkUsernames } from "./functions/checkUsernames";
import { connectionTest } from "./resources/connectionTest";
import { getGroup } from "./functions/getGroup";
import { provisioning } from "./resources/provisioning/provisioning";
import type { GraphClient } from "./clients/graph/client";
import type { OpenOptions } from "./clients/graph/openGraph";
import { readGraphSettings } from "./clients/graph/settings";
import type { Plugin, PropertyMap } from "./host/types";
import { byToken } from "./host/define";
import { packageSchema } from "./host/packageSchema";
import { schema } from "./packageSchema";
import { checkDatabase, type SmallstepConfig } from "./clients/database/providerSettings";
import { getScimLogin } from "./functions/getScimLogin";
import { registration } from "./resources/registration/registration";
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

const functions = [checkUsernames, getGroup, getScimLogin];

const derived = packageSchema({ name: "usersync", version, description: "", settings: {}, resources: [], functions });

/** Creates the `usersync` plugin: its schema, resources, functions and configuration. */
export function usersync(options: PluginOptions = {}): Plugin<UsersyncConfig> {
  return {
    name: "usersync",
    version,
    schema: { ...schema, functions: derived.functions },
    resources: {
      "usersync:entra:AttributeMappings": attributeMappings,
      "usersync:entra:ConnectionTest": connectionTest,
      "usersync:entra:Provisioning": provisioning,
      "usersync:smallstep:Registration": registration,
    },
    functions: byToken(functions),
    checkConfig: (news) => {
      const failures = [...readGraphSettings(news, {}).failures, ...checkDatabase(news["database"])];
      return Promise.resolve({ inputs: news, failures });
    },
    configure: async (settings, registerSecret) => {
      let client: Promise<GraphClient> | undefined;
      const graph = (signal?: AbortSignal): Promise<GraphClient> => {
        // Load on first use: the engine waits until the plugin has started, and the Azure libraries load slowly.
        client ??= import("./clients/graph/openGraph.js").then(({ openGraph }) =>
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
