import { randomInt } from "node:crypto";

import type { Plugin } from "@smallstep-ssh/usersync/host";
import { version } from "@pulumi/random/package.json";
import { define } from "../common/define";

const alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const specialCharacters = "!@#$%&*()-_=+[]{}<>:?";

/** `random.RandomPassword`: generated once and stored only in the state. Every change generates a new password. */
const randomPassword = define<undefined, undefined>(
  {
    name: "random.RandomPassword",
    inputs: {
      length: { type: "number", required: true, replaces: true },
      special: { type: "boolean", default: true, replaces: true },
      keepers: { type: "object", replaces: true },
    },
    outputs: ["result"],
    secretOutputs: ["result"],

    async create(_service, { length, special }, made) {
      const allowed = special === true ? alphanumeric + specialCharacters : alphanumeric;
      const characters = Array.from({ length: Number(length) }, () => allowed.charAt(randomInt(allowed.length)));
      // As in the official provider, the id of every password is the same, because an id must not reveal the password.
      made("none", { result: characters.join("") });
    },

    read: async (_service, _id, state) => state,

    async delete() {},
  },
  () => undefined,
);

/**
 * Creates a stand-in for the official `random` plugin, for networks where that cannot be downloaded. It has the
 * resource type and inputs that this stack uses.
 */
export function random(): Plugin<undefined> {
  return {
    name: "random",
    version,
    resources: { "random:index/randomPassword:RandomPassword": randomPassword },
    configure: async () => undefined,
  };
}
