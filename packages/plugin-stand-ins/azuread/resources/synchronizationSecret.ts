import type { Definition } from "../../common/define";
import { maps, text } from "../../common/values";
import type { Api } from "../api";

/** Value that the service returns in place of a secret. */
const masked = "*";

/** `azuread.SynchronizationSecret`: all provisioning credentials of an application in one ordered list. */
export const synchronizationSecret: Definition<Api> = {
  name: "azuread.SynchronizationSecret",
  inputs: {
    servicePrincipalId: { type: "string", required: true, replaces: true },
    credentials: { type: "array", ordered: true },
  },
  outputs: [],
  secretOutputs: ["credentials.value"],

  create: (api, { servicePrincipalId, credentials }, made) => write(api, text(servicePrincipalId), credentials, made),

  async read(api, id, state) {
    const found = await secrets(api, id);
    const known = new Map(maps(state["credentials"]).map(({ key, value }) => [text(key), text(value)]));
    const credentials = found?.map(({ key, value }) => ({
      key,
      value: value === masked ? (known.get(key) ?? masked) : value,
    }));
    return credentials && { servicePrincipalId: id, credentials };
  },

  update: (api, id, _state, { credentials }) => write(api, id, credentials),

  async delete(api, id, state) {
    const keys = maps(state["credentials"]).map((one) => text(one["key"]));
    const value = keys.map((key) => ({ key, value: "" }));
    await api.send("PUT", `${id}/synchronization/secrets`, { value });
    await api.until("the deletion of the credentials", async () => {
      const left = (await secrets(api, id)) ?? [];
      return !left.some(({ key }) => keys.includes(key));
    });
  },
};

async function write(api: Api, id: string, credentials: unknown, made?: (id: string) => void): Promise<void> {
  const value = maps(credentials).map(({ key, value }) => ({ key, value }));
  await api.send("PUT", `${id}/synchronization/secrets`, { value });
  made?.(id);
  // Like the official provider, compare only the number of keys. If other clients set further keys, this times out.
  await api.until("the saved credentials", async () => (await secrets(api, id))?.length === value.length);
}

async function secrets(api: Api, id: string): Promise<{ key: string; value: string }[] | undefined> {
  const found = await api.list(`${id}/synchronization/secrets`);
  return found?.map((one) => ({ key: text(one["key"]), value: text(one["value"]) }));
}
