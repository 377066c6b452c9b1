import type { Plugin } from "@smallstep-ssh/usersync/host";
import { grant } from "./grant";
import { role } from "./role";
import { Server } from "./server";
import { checkSettings, readSettings, schema } from "./settings";
import { version } from "./version";

/**
 * Creates a stand-in for the official `postgresql` plugin, for networks where that cannot be downloaded. It has the
 * resource types that this stack uses, with the settings, statements and ids of the official plugin.
 */
export function postgresql(options: { env?: NodeJS.ProcessEnv } = {}): Plugin<Server> {
  return {
    name: "postgresql",
    version,
    schema: { ...schema, version },
    resources: {
      "postgresql:index/grant:Grant": grant,
      "postgresql:index/role:Role": role,
    },
    checkConfig: async (news) => ({ inputs: news, failures: checkSettings(news) }),
    configure: async (settings) => new Server(readSettings(settings, options.env ?? process.env)),
  };
}
