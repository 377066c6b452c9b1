import type { EntraConfig, RetryDelays } from "./entra";
import { attributeMappings, checkUsernames, connectionTest, defaultRetryDelays, getGroup, provisioning } from "./entra";
import type { GraphClient, OpenOptions } from "./graph";
import { readGraphSettings } from "./graph";
import type { Plugin, PropertyMap } from "./host";
import { schema } from "./schema";
import { checkDatabase, getScimLogin, registration, type SmallstepConfig } from "./smallstep";
import { version } from "./version";

/** What the handlers get: clients are made when first needed, so that a stack needs credentials only for what it uses. */
export interface UsersyncConfig extends EntraConfig, SmallstepConfig {}

/** What is the same in every run of the plugin; tests have shorter waits and trust a certificate authority of their own. */
export interface PluginOptions {
  graph?: Pick<OpenOptions, "trust" | "times" | "env">;
  retryDelays?: RetryDelays;
  /** Sign in to Entra ID when configured, not when first needed. Default: no. */
  eagerSignIn?: boolean;
}

/** The `usersync` plugin. */
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
        // Loaded when first needed: the engine waits for a plugin to start.
        client ??= import("./graph/open.js").then(({ openGraph }) =>
          openGraph(settings, { ...options.graph, registerSecret, ...(signal ? { signal } : {}) }),
        );
        // A failed look-up of the cloud may succeed for the next resource.
        client.catch(() => (client = undefined));
        return client;
      };
      // Once the engine has its answer: signing in takes as long as what it has to do before it asks for a resource. Without effect where
      // it fails; what needs Graph says why.
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
