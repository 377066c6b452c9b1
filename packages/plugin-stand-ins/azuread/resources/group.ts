import { randomUUID } from "node:crypto";

import type { PropertyMap } from "@smallstep-ssh/usersync/host";
import type { Definition } from "../../common/define";
import { isSame, text, texts } from "../../common/values";
import type { Api, Entity } from "../api";

const odataType = { "@odata.type": "#microsoft.graph.group" };

/** `azuread.Group`: a security group. Like the official provider, it uses the beta API. */
export const group: Definition<Api> = {
  name: "azuread.Group",
  inputs: {
    displayName: { type: "string", required: true },
    description: { type: "string" },
    securityEnabled: { type: "boolean" },
    members: { type: "array", computed: true },
    owners: { type: "array", computed: true },
  },
  outputs: ["objectId", "mailNickname"],

  async create(api, inputs, made) {
    const { objectId: caller } = await api.caller();
    const wanted = texts(inputs["owners"]);
    for (const owner of wanted.filter((id) => id !== caller)) {
      const problem = `owners: there is no user, service principal or group ${owner}.`;
      await api.checkExists(`/directoryObjects/${owner}`, problem, { eventuallyConsistent: true });
    }
    const { id } = await api.send("POST", "/beta/groups", {
      ...common(inputs),
      groupTypes: [],
      isAssignableToRole: false,
      mailNickname: randomUUID().slice(0, 10),
      resourceBehaviorOptions: [],
      resourceProvisioningOptions: [],
      "owners@odata.bind": (wanted.length === 0 ? [caller] : wanted).map((owner) => api.reference(owner, "beta")),
    });
    made(`/groups/${id}`, { objectId: id });
    const path = `/beta/groups/${id}`;
    // If a read returns the written value, the new group has reached the replicas.
    for (const displayName of [`TERRAFORM_UPDATE_${randomUUID()}`, inputs["displayName"]]) {
      await api.send("PATCH", path, { ...odataType, displayName }, { eventuallyConsistent: true });
    }
    const isNamed = async () => (await api.get(path))?.["displayName"] === inputs["displayName"];
    await api.until(`the new group ${id}`, isNamed);
    await api.addRelated(`${path}/members`, texts(inputs["members"]));
  },

  async read(api, id) {
    const found = await api.get(`/beta${id}`);
    if (found === undefined) return undefined;
    const owners = await api.related(`/beta${id}/owners`);
    const members = await api.related(`/beta${id}/members`);
    // The official provider sends this request for an output that the stand-in lacks.
    await api.list(`/beta${id}/memberOf`);
    return { ...groupState(found), owners, members };
  },

  async update(api, id, state, inputs) {
    await api.send("PATCH", `/beta${id}`, common(inputs));
    for (const relation of ["members", "owners"]) {
      const wanted = inputs[relation];
      // Removing `owners` from the program removes no owner.
      if (wanted === undefined || isSame(wanted, state[relation])) continue;
      await api.setRelated(`/beta${id}/${relation}`, texts(wanted));
    }
  },

  async delete(api, id) {
    await api.checkExists(`/beta${id}`, `The group ${id} was not found.`);
    await api.delete(`/beta${id}`);
  },
};

function common({ description, displayName, securityEnabled }: PropertyMap) {
  return {
    ...odataType,
    description: text(description) || null,
    displayName,
    mailEnabled: false,
    membershipRule: null,
    securityEnabled: securityEnabled === true,
  };
}

/** Returns the outputs that the resource and the function share, without the relations. */
export function groupState(found: Entity): PropertyMap {
  return {
    description: text(found["description"]),
    displayName: text(found["displayName"]),
    mailNickname: text(found["mailNickname"]),
    objectId: found.id,
    securityEnabled: found["securityEnabled"] === true,
  };
}
