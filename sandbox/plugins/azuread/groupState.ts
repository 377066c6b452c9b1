import type { PropertyMap } from "../../../provider/host";
import type { Api } from "./api";
import { related } from "./owners";
import { flag, text, texts } from "./shapes";

/** A group as resource and function show it; `undefined` when it is not there. */
export async function groupState(api: Api, objectId: string): Promise<PropertyMap | undefined> {
  const path = `/groups/${objectId}`;
  const beta = { version: "beta" } as const;
  const found = await api.get(path, beta);
  if (found === undefined) return undefined;
  const owners = await related(api, `${path}/owners`, beta);
  const members = await related(api, `${path}/members`, beta);
  const units = ((await api.list(`${path}/memberOf`, beta)) ?? []).filter(
    (one) => one["@odata.type"] === "#microsoft.graph.administrativeUnit",
  );
  return {
    administrativeUnitIds: units.map((one) => one.id),
    assignableToRole: flag(found["isAssignableToRole"]),
    behaviors: texts(found["resourceBehaviorOptions"]),
    description: text(found["description"]),
    displayName: text(found["displayName"]),
    mail: text(found["mail"]),
    mailEnabled: flag(found["mailEnabled"]),
    mailNickname: text(found["mailNickname"]),
    members,
    objectId: found.id,
    onpremisesDomainName: text(found["onPremisesDomainName"]),
    onpremisesNetbiosName: text(found["onPremisesNetBiosName"]),
    onpremisesSamAccountName: text(found["onPremisesSamAccountName"]),
    onpremisesSecurityIdentifier: text(found["onPremisesSecurityIdentifier"]),
    onpremisesSyncEnabled: flag(found["onPremisesSyncEnabled"]),
    owners,
    preferredLanguage: text(found["preferredLanguage"]),
    provisioningOptions: texts(found["resourceProvisioningOptions"]),
    proxyAddresses: texts(found["proxyAddresses"]),
    securityEnabled: flag(found["securityEnabled"]),
    theme: text(found["theme"]),
    types: texts(found["groupTypes"]),
    visibility: text(found["visibility"]),
  };
}
