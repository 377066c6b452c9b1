import type { PropertyMap } from "@smallstep-ssh/usersync/host";
import { maps, texts } from "../common/values";
import type { Api, Entity } from "./api";

/** These functions convert a Graph value to Terraform's state, where strings and booleans are never null. */
export const text = (value: unknown): string => (typeof value === "string" ? value : "");
const flag = (value: unknown): boolean => value === true;

/** Returns the outputs that the resource and the function share for a group, without its relations. */
export function groupState(found: Entity): PropertyMap {
  return {
    description: text(found["description"]),
    displayName: text(found["displayName"]),
    mailNickname: text(found["mailNickname"]),
    objectId: found.id,
    securityEnabled: flag(found["securityEnabled"]),
  };
}

/** Returns the outputs that the resource and the function share for a service principal. */
export async function servicePrincipalState(api: Api, found: Entity): Promise<PropertyMap> {
  // The official provider sends this request for an output that the stand-in lacks.
  await api.get(`/beta/servicePrincipals/${found.id}?$select=samlMetadataUrl`);
  const roles = maps(found["appRoles"]).map((role) => ({
    allowedMemberTypes: texts(role["allowedMemberTypes"]),
    description: text(role["description"]),
    displayName: text(role["displayName"]),
    enabled: flag(role["isEnabled"]),
    id: text(role["id"]),
    value: text(role["value"]),
  }));
  return {
    accountEnabled: flag(found["accountEnabled"]),
    appRoleAssignmentRequired: flag(found["appRoleAssignmentRequired"]),
    appRoleIds: Object.fromEntries(roles.filter(({ value }) => value !== "").map(({ value, id }) => [value, id])),
    appRoles: roles,
    clientId: text(found["appId"]),
    displayName: text(found["displayName"]),
    objectId: found.id,
    tags: texts(found["tags"]),
  };
}
