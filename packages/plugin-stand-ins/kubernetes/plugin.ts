import type { Plugin } from "@smallstep-ssh/usersync/host";
import { Cluster } from "./cluster";
import { handlerOf } from "./handler";
import { kinds } from "./kinds";
import { checkSettings, schema } from "./settings";
import { version } from "./version";

/**
 * Creates a stand-in for the official `kubernetes` plugin, for networks where that cannot be downloaded. It has the
 * resource types that this stack uses, with the settings, ids, field managers, replacements and waits of the official
 * plugin.
 */
export function kubernetes(options: { env?: NodeJS.ProcessEnv } = {}): Plugin<Cluster> {
  return {
    name: "kubernetes",
    version,
    schema: { ...schema, version },
    resources: Object.fromEntries(Object.entries(kinds).map(([token, kind]) => [token, handlerOf(kind)])),
    checkConfig: async (news) => ({ inputs: news, failures: checkSettings(news) }),
    configure: async (settings) => new Cluster(settings, options.env ?? process.env),
  };
}
