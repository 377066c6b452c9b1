import type { PropertyMap } from "@smallstep-ssh/usersync/host";
import type { Definition } from "../../common/define";
import { maps, text } from "../../common/values";
import type { Api } from "../api";

/** `azuread.ApplicationPassword`: a client secret. Every change creates a new secret. */
export const applicationPassword: Definition<Api> = {
  name: "azuread.ApplicationPassword",
  inputs: {
    applicationId: { type: "string", required: true, replaces: true },
    displayName: { type: "string", computed: true, replaces: true },
    endDate: { type: "string", computed: true, replaces: true },
  },
  outputs: ["keyId", "startDate", "value"],
  secretOutputs: ["value"],

  async create(api, { applicationId, displayName, endDate: endDateTime }, made) {
    const path = text(applicationId);
    const application = path.replace("/applications/", "");
    await api.checkExists(path, `applicationId: there is no application ${application}.`);
    const answer = await api.send("POST", `${path}/addPassword`, { passwordCredential: { displayName, endDateTime } });
    const [keyId, value] = [text(answer["keyId"]), text(answer["secretText"])];
    if (keyId === "" || value === "") throw new Error("The response contains no key id or no secret.");
    const id = `${application}/password/${keyId}`;
    made(id, { keyId, value });
    await api.until("the new client secret", async () => (await find(api, id)) !== undefined);
  },

  async read(api, id, state) {
    // The official provider supports no import, because Graph returns the value only once.
    if (Object.keys(state).length === 0) throw new Error("azuread.ApplicationPassword cannot be imported.");
    const found = await find(api, id);
    return (
      found && {
        applicationId: state["applicationId"],
        displayName: text(found["displayName"]),
        startDate: text(found["startDateTime"]),
        endDate: text(found["endDateTime"]),
        keyId: state["keyId"],
        value: state["value"],
      }
    );
  },

  async delete(api, id) {
    const [application, , keyId] = id.split("/");
    await api.send("POST", `/applications/${application}/removePassword`, { keyId });
    await api.until("the deletion of the client secret", async () => (await find(api, id)) === undefined);
  },
};

async function find(api: Api, id: string): Promise<PropertyMap | undefined> {
  const [application, , keyId] = id.split("/");
  const found = await api.get(`/applications/${application}`);
  return maps(found?.["passwordCredentials"]).find((one) => one["keyId"] === keyId);
}
