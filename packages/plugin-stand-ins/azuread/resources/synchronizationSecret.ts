import type { PropertyMap } from "@smallstep-ssh/usersync/host";
import type { Api } from "../api";
import { resource } from "../config";
import { isIdOf, parseId } from "../ids";
import { maps, text } from "../shapes";

/** Value that the service returns in place of a secret. */
const masked = "*";
const busy = { busy: true } as const;

/** Handler of `azuread.SynchronizationSecret`: all provisioning credentials of an application in one ordered list. */
export const synchronizationSecret = resource({
  name: "azuread.SynchronizationSecret",
  inputs: {
    servicePrincipalId: { type: "text", required: true, replaces: true, check: isIdOf("/servicePrincipals/:id") },
    credentials: {
      type: "list",
      ordered: true,
      check: (credentials: PropertyMap[]) =>
        credentials.every((one) => text(one["key"]) !== "" && one["value"] !== undefined)
          ? undefined
          : "every entry needs a key and a value.",
    },
  },
  outputs: [],
  secretOutputs: ["credentials.value"],

  async create(api, inputs, made) {
    const principal = text(inputs["servicePrincipalId"]);
    await write(api, principal, inputs, made);
  },

  async read(api, id, state) {
    parseId(id, "/servicePrincipals/:id");
    const found = await secrets(api, id);
    if (found === undefined) return undefined;
    const known = new Map(maps(state["credentials"]).map((one) => [text(one["key"]), text(one["value"])]));
    const credentials = found.map(({ key, value }) => ({
      key,
      value: value === masked ? (known.get(key) ?? masked) : value,
    }));
    return { servicePrincipalId: id, credentials };
  },

  update: (api, id, _state, inputs) => write(api, id, inputs),

  async delete(api, id, state) {
    const keys = maps(state["credentials"]).map((one) => text(one["key"]));
    const value = keys.map((key) => ({ key, value: "" }));
    await api.put(`${id}/synchronization/secrets`, { value }, busy);
    await api.until("the deletion of the credentials", async () => {
      const left = await secrets(api, id);
      return left === undefined || !left.some(({ key }) => keys.includes(key));
    });
  },
});

async function write(api: Api, id: string, inputs: PropertyMap, made?: (id: string) => void): Promise<void> {
  const value = maps(inputs["credentials"]).map(({ key, value }) => ({ key, value }));
  await api.put(`${id}/synchronization/secrets`, { value }, busy);
  made?.(id);
  // Like the official provider, compare only the number of keys. If other clients set further keys, this times out.
  await api.until("the saved credentials", async () => (await secrets(api, id))?.length === value.length);
}

async function secrets(api: Api, id: string): Promise<{ key: string; value: string }[] | undefined> {
  const found = await api.list(`${id}/synchronization/secrets`, busy);
  return found?.map((one) => ({ key: text(one["key"]), value: text(one["value"]) }));
}
