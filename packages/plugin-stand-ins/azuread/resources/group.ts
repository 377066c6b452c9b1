import { randomUUID } from "node:crypto";

import { eq, where } from "@smallstep-ssh/usersync/clients";
import type { PropertyMap } from "@smallstep-ssh/usersync/host";
import { areGuids, isNotEmpty } from "../../common/inputs";
import { isSame } from "../../common/values";
import type { Api } from "../api";
import { resource } from "../config";
import { groupState } from "../groupState";
import { parseId } from "../ids";
import { addRelated, ownersAtOnce, related, setRelated } from "../owners";
import { text, textOrNull, texts } from "../shapes";

const odataType = { "@odata.type": "#microsoft.graph.group" };
const beta = { version: "beta" } as const;

/**
 * Handler of `azuread.Group` for security and mail-enabled groups with assigned members. Like the official provider, it
 * uses the beta API.
 */
export const group = resource({
  name: "azuread.Group",
  inputs: {
    displayName: { type: "text", required: true, check: isNotEmpty },
    description: { type: "text" },
    securityEnabled: { type: "flag" },
    mailEnabled: { type: "flag" },
    mailNickname: { type: "text", computed: true, replaces: true },
    types: { type: "texts", replaces: true },
    assignableToRole: { type: "flag", replaces: true },
    behaviors: { type: "texts", replaces: true },
    provisioningOptions: { type: "texts", replaces: true },
    visibility: { type: "text", computed: true },
    members: { type: "texts", computed: true, check: areGuids },
    owners: { type: "texts", computed: true, check: areGuids },
    preventDuplicateNames: { type: "flag" },
  },
  outputs: [
    "objectId",
    "mail",
    "onpremisesDomainName",
    "onpremisesNetbiosName",
    "onpremisesSamAccountName",
    "onpremisesSecurityIdentifier",
    "onpremisesSyncEnabled",
    "preferredLanguage",
    "proxyAddresses",
  ],

  check: (inputs) =>
    inputs["securityEnabled"] || inputs["mailEnabled"]
      ? []
      : [{ property: "securityEnabled", reason: "must be true unless mailEnabled is." }],

  async create(api, inputs, made) {
    if (inputs["preventDuplicateNames"] === true) await refuseDuplicates(api, text(inputs["displayName"]));
    const { objectId: caller } = await api.caller();
    const wanted = texts(inputs["owners"]);
    for (const owner of wanted.filter((id) => id !== caller)) await requireObject(api, owner);
    const owners = wanted.length === 0 ? [caller] : wanted;
    const { id } = await api.post(
      "/groups",
      {
        ...odataType,
        ...common(inputs),
        groupTypes: texts(inputs["types"]),
        isAssignableToRole: inputs["assignableToRole"] === true,
        mailNickname: textOrNull(inputs["mailNickname"]) ?? randomUUID().slice(0, 10),
        resourceBehaviorOptions: texts(inputs["behaviors"]),
        resourceProvisioningOptions: texts(inputs["provisioningOptions"]),
        ...(inputs["visibility"] === undefined ? {} : { visibility: inputs["visibility"] }),
        "owners@odata.bind": owners.slice(0, ownersAtOnce).map((owner) => api.reference(owner, "beta")),
      },
      beta,
    );
    made(`/groups/${id}`, { objectId: id });
    const path = `/groups/${id}`;
    // If a read returns the written value, the new group has reached the replicas.
    for (const displayName of [`TERRAFORM_UPDATE_${randomUUID()}`, inputs["displayName"]]) {
      await api.patch(path, { ...odataType, displayName }, { ...beta, eventuallyConsistent: true });
    }
    const isNamed = async () => (await api.get(path, beta))?.["displayName"] === inputs["displayName"];
    await api.until(`the new group ${id}`, isNamed);
    await addRelated(api, `${path}/owners`, owners.slice(ownersAtOnce), beta);
    await addRelated(api, `${path}/members`, texts(inputs["members"]), beta);
  },

  async read(api, id) {
    const [objectId = ""] = parseId(id, "/groups/:id");
    const path = `/groups/${objectId}`;
    const found = await api.get(path, beta);
    if (found === undefined) return undefined;
    const owners = await related(api, `${path}/owners`, beta);
    const members = await related(api, `${path}/members`, beta);
    const administrativeUnitIds = ((await api.list(`${path}/memberOf`, beta)) ?? [])
      .filter((one) => one["@odata.type"] === "#microsoft.graph.administrativeUnit")
      .map((one) => one.id);
    return { ...groupState(found), administrativeUnitIds, members, owners };
  },

  async update(api, id, state, inputs) {
    const path = id;
    await api.patch(path, { ...odataType, ...common(inputs) }, beta);
    for (const relation of ["members", "owners"] as const) {
      const wanted = inputs[relation];
      // Removing `owners` from the program removes no owner.
      if (wanted === undefined || isSame(wanted, state[relation], false)) continue;
      await setRelated(api, `${path}/${relation}`, wanted, beta);
    }
  },

  async delete(api, id) {
    if ((await api.get(id, beta)) === undefined) throw new Error(`The group ${id} was not found.`);
    await api.delete(id, beta);
    await api.waitUntilDeleted(id, beta);
  },
});

function common(inputs: PropertyMap) {
  return {
    description: textOrNull(inputs["description"]),
    displayName: inputs["displayName"],
    mailEnabled: inputs["mailEnabled"] === true,
    membershipRule: null,
    securityEnabled: inputs["securityEnabled"] === true,
    ...(inputs["visibility"] === undefined ? {} : { visibility: inputs["visibility"] }),
  };
}

async function requireObject(api: Api, id: string): Promise<void> {
  const found = await api.get(`/directoryObjects/${id}`, { eventuallyConsistent: true });
  if (found === undefined) throw new Error(`owners: there is no user, service principal or group ${id}.`);
}

async function refuseDuplicates(api: Api, displayName: string): Promise<void> {
  const found = (await api.list(`/groups?${where(eq("displayName", displayName))}`, beta)) ?? [];
  if (found.length > 0) throw new Error(`displayName: a group named "${displayName}" exists (${found[0]?.id}).`);
}
