import type { PropertyMap } from "@smallstep-ssh/usersync/host";
import { isNotEmpty } from "../../common/inputs";
import { resource } from "../config";
import { isIdOf, parseId } from "../ids";
import { text } from "../shapes";

const form = "/servicePrincipals/:sp/synchronization/jobs/:job";
/** The service rejects requests while it still saves the previous change. */
const busy = { busy: true } as const;

/** Handler of `azuread.SynchronizationJob`. Create starts the job unless `enabled` is false. */
export const synchronizationJob = resource({
  name: "azuread.SynchronizationJob",
  inputs: {
    servicePrincipalId: { type: "text", required: true, replaces: true, check: isIdOf("/servicePrincipals/:id") },
    templateId: { type: "text", required: true, replaces: true, check: isNotEmpty },
    enabled: { type: "flag", default: true },
  },
  outputs: ["schedules"],

  async create(api, inputs, made) {
    const principal = text(inputs["servicePrincipalId"]);
    if ((await api.get(principal)) === undefined) throw new Error(`servicePrincipalId: ${principal} does not exist.`);
    const body = { "@odata.type": "#microsoft.graph.synchronizationJob", templateId: inputs["templateId"] };
    const { id } = await api.post(`${principal}/synchronization/jobs`, body, busy);
    const path = `${principal}/synchronization/jobs/${id}`;
    made(path);
    await api.until(`the new synchronization job ${id}`, async () => (await api.get(path)) !== undefined);
    if (inputs["enabled"] === true) await api.post(`${path}/start`, undefined, busy);
  },

  async read(api, id) {
    const [principal = ""] = parseId(id, form);
    const found = await api.get(id, busy);
    if (found === undefined) return undefined;
    const schedule = found["schedule"] as Record<string, unknown>;
    const schedules: PropertyMap[] = [
      {
        expiration: text(schedule["expiration"]),
        interval: text(schedule["interval"]),
        state: text(schedule["state"]),
      },
    ];
    return {
      servicePrincipalId: `/servicePrincipals/${principal}`,
      templateId: text(found["templateId"]),
      enabled: schedule["state"] === "Active",
      schedules,
    };
  },

  async update(api, id, _state, { enabled }) {
    await api.post(`${id}/${enabled === true ? "start" : "pause"}`, undefined, busy);
  },

  async delete(api, id) {
    await api.delete(id, busy);
    await api.waitUntilDeleted(id);
  },
});
