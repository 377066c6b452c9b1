import { isMap } from "@smallstep-ssh/usersync/host";
import type { Definition } from "../../common/define";
import { text } from "../../common/values";
import type { Api } from "../api";

/** `azuread.SynchronizationJob`. Create starts the job unless `enabled` is false. */
export const synchronizationJob: Definition<Api> = {
  name: "azuread.SynchronizationJob",
  inputs: {
    servicePrincipalId: { type: "string", required: true, replaces: true },
    templateId: { type: "string", required: true, replaces: true },
    enabled: { type: "boolean", default: true },
  },
  outputs: ["schedules"],

  async create(api, { servicePrincipalId, templateId, enabled }, made) {
    const principal = text(servicePrincipalId);
    await api.checkExists(principal, `servicePrincipalId: ${principal} does not exist.`);
    const body = { "@odata.type": "#microsoft.graph.synchronizationJob", templateId };
    const { id } = await api.send("POST", `${principal}/synchronization/jobs`, body);
    const path = `${principal}/synchronization/jobs/${id}`;
    made(path);
    await api.until(`the new synchronization job ${id}`, async () => (await api.get(path)) !== undefined);
    if (enabled === true) await api.send("POST", `${path}/start`);
  },

  async read(api, id) {
    const found = await api.get(id);
    if (found === undefined) return undefined;
    const { expiration, interval, state } = isMap(found["schedule"]) ? found["schedule"] : {};
    return {
      servicePrincipalId: id.replace(/\/synchronization\/.*/, ""),
      templateId: text(found["templateId"]),
      enabled: state === "Active",
      schedules: [{ expiration: text(expiration), interval: text(interval), state: text(state) }],
    };
  },

  async update(api, id, _state, { enabled }) {
    await api.send("POST", `${id}/${enabled === true ? "start" : "pause"}`);
  },

  delete: (api, id) => api.delete(id),
};
