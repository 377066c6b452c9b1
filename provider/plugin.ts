import type { EntraConfig, Waits } from "./entra";
import { attributeMappings, checkUsernames, defaultWaits, provisioning } from "./entra";
import type { GraphClient, OpenOptions } from "./graph";
import { openGraph, readGraphSettings } from "./graph";
import type { Plugin, PropertyMap } from "./host";
import { schema } from "./schema";
import { version } from "./version";

/** What the handlers get: clients are made when first needed, so that a stack needs credentials only for what it uses. */
export interface UsersyncConfig extends EntraConfig {
  /** The setting `folk`, as given. */
  readonly folk: PropertyMap | undefined;
}

/** What is the same in every run of the plugin; tests have shorter waits and trust a certificate authority of their own. */
export interface PluginOptions {
  graph?: Pick<OpenOptions, "trust" | "times" | "env">;
  waits?: Waits;
}

/** The `usersync` plugin. */
export function usersync(options: PluginOptions = {}): Plugin<UsersyncConfig> {
  return {
    name: "usersync",
    version,
    schema,
    resources: {
      "usersync:entra:AttributeMappings": attributeMappings,
      "usersync:entra:Provisioning": provisioning,
    },
    functions: {
      "usersync:entra:checkUsernames": checkUsernames,
    },
    checkConfig: (news) => Promise.resolve({ inputs: news, failures: readGraphSettings(news, {}).failures }),
    configure: (settings) => {
      let graph: Promise<GraphClient> | undefined;
      const { folk } = settings;
      return Promise.resolve({
        folk: typeof folk === "object" && folk !== null && !Array.isArray(folk) ? folk : undefined,
        waits: options.waits ?? defaultWaits,
        graph: (signal) => {
          graph ??= openGraph(settings, { ...options.graph, signal });
          // A failed look-up of the cloud may succeed for the next resource.
          graph.catch(() => (graph = undefined));
          return graph;
        },
      });
    },
  };
}
