import type { Plugin } from "@smallstep-ssh/usersync/host";
import { randomPassword } from "./randomPassword";
import { version } from "./version";

/**
 * Creates a stand-in for the official `random` plugin, for networks where that cannot be downloaded. It has the
 * resource type that this stack uses.
 */
export function random(): Plugin<undefined> {
  return {
    name: "random",
    version,
    resources: { "random:index/randomPassword:RandomPassword": randomPassword },
    configure: async () => undefined,
  };
}
