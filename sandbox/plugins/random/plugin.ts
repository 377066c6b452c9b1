import type { Plugin } from "../../../provider/host";
import { randomPassword } from "./randomPassword";
import { version } from "./version";

/** A stand-in of the official `random` plugin, for where that cannot be downloaded: the resource type that this stack uses. */
export function random(): Plugin<undefined> {
  return {
    name: "random",
    version,
    resources: { "random:index/randomPassword:RandomPassword": randomPassword },
    configure: async () => undefined,
  };
}
