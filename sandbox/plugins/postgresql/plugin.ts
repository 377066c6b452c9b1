import type { Plugin } from "../../../provider/host";
import { grant } from "./grant";
import { role } from "./role";
import { Server } from "./server";
import { checkSettings, readSettings, schema } from "./settings";
import { version } from "./version";

/**
 * A stand-in of the official `postgresql` plugin, for where that cannot be downloaded: the resource types that this stack uses,
 * with the official one's settings, statements and ids.
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
