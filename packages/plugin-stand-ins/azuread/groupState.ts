import type { PropertyMap } from "@smallstep-ssh/usersync/host";
import type { Entity } from "./api";
import { flag, text, texts } from "./shapes";

/**
 * Returns the outputs that the resource and the function share for a group, without its relations, which need separate
 * requests.
 */
export function groupState(found: Entity): PropertyMap {
  return {
    assignableToRole: flag(found["isAssignableToRole"]),
    behaviors: texts(found["resourceBehaviorOptions"]),
    description: text(found["description"]),
    displayName: text(found["displayName"]),
    mail: text(found["mail"]),
    mailEnabled: flag(found["mailEnabled"]),
    mailNickname: text(found["mailNickname"]),
    objectId: found.id,
    onpremisesDomainName: text(found["onPremisesDomainName"]),
    onpremisesNetbiosName: text(found["onPremisesNetBiosName"]),
    onpremisesSamAccountName: text(found["onPremisesSamAccountName"]),
    onpremisesSecurityIdentifier: text(found["onPremisesSecurityIdentifier"]),
    onpremisesSyncEnabled: flag(found["onPremisesSyncEnabled"]),
    preferredLanguage: text(found["preferredLanguage"]),
    provisioningOptions: texts(found["resourceProvisioningOptions"]),
    proxyAddresses: texts(found["proxyAddresses"]),
    securityEnabled: flag(found["securityEnabled"]),
    theme: text(found["theme"]),
    types: texts(found["groupTypes"]),
    visibility: text(found["visibility"]),
  };
}
