import type { Api } from "../api";
import { resource } from "../config";
import { isIdOf, parseId } from "../ids";
import { maps, text } from "../shapes";

const form = ":application/password/:key";

const isDate = (value: string): string | undefined =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value) && !Number.isNaN(Date.parse(value))
    ? undefined
    : `"${value}" is not a date and time such as 2028-01-31T00:00:00Z.`;

/**
 * Handler of `azuread.ApplicationPassword`: a client secret. Like the official provider, `endDateRelative` affects only
 * the state, and every change creates a new secret.
 */
export const applicationPassword = resource({
  name: "azuread.ApplicationPassword",
  inputs: {
    applicationId: { type: "text", required: true, replaces: true, check: isIdOf("/applications/:id") },
    displayName: { type: "text", computed: true, replaces: true },
    startDate: { type: "text", computed: true, replaces: true, check: isDate },
    endDate: { type: "text", computed: true, replaces: true, check: isDate },
    endDateRelative: { type: "text", replaces: true },
    rotateWhenChanged: { type: "map", replaces: true },
  },
  outputs: ["keyId", "value"],
  secretOutputs: ["value"],

  async create(api, inputs, made) {
    const path = text(inputs["applicationId"]);
    const [application = ""] = parseId(path, "/applications/:id");
    if ((await api.get(path)) === undefined) throw new Error(`applicationId: there is no application ${application}.`);
    const { displayName, startDate: startDateTime, endDate: endDateTime } = inputs;
    const body = { passwordCredential: { displayName, startDateTime, endDateTime } };
    const answer = await api.post(`${path}/addPassword`, body);
    const [keyId, value] = [text(answer["keyId"]), text(answer["secretText"])];
    if (keyId === "" || value === "") throw new Error("The response contains no key id or no secret.");
    made(`${application}/password/${keyId}`, { keyId, value });
    await api.until("the new client secret", async () => (await find(api, application, keyId)) !== undefined);
  },

  async read(api, id, state) {
    const [application = "", keyId = ""] = parseId(id, form);
    // The official provider supports no import, because Graph returns the value only once.
    if (Object.keys(state).length === 0) throw new Error("azuread.ApplicationPassword cannot be imported.");
    const found = await find(api, application, keyId);
    if (found === undefined) return undefined;
    return {
      applicationId: `/applications/${application}`,
      displayName: text(found["displayName"]),
      startDate: text(found["startDateTime"]),
      endDate: text(found["endDateTime"]),
      keyId,
      // Graph returns the value only when it creates the secret.
      value: text(state["value"]),
    };
  },

  async delete(api, id) {
    const [application = "", keyId = ""] = parseId(id, form);
    await api.post(`/applications/${application}/removePassword`, { keyId });
    await api.until(
      "the deletion of the client secret",
      async () => (await find(api, application, keyId)) === undefined,
    );
  },
});

async function find(api: Api, application: string, keyId: string): Promise<Record<string, unknown> | undefined> {
  const found = await api.get(`/applications/${application}`);
  return maps(found?.["passwordCredentials"]).find((one) => one["keyId"] === keyId);
}
