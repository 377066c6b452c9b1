import { eq, where } from "@smallstep-ssh/usersync/clients";
import { InputErrors, type PropertyMap } from "@smallstep-ssh/usersync/host";
import { text } from "../common/values";
import type { Api, Entity } from "./api";
import { groupState } from "./resources/group";
import { servicePrincipalState } from "./resources/servicePrincipal";

/** A function of the plugin: returns the result for arguments. */
export type Invoke = (api: Api, args: PropertyMap) => Promise<PropertyMap>;

/** Returns the caller's identity from the token, which has the tenant's id even if the configuration has a domain name. */
export const getClientConfig: Invoke = async (api) => {
  const { tenantId, clientId, objectId } = await api.caller();
  return { id: `${tenantId}-${clientId}-${objectId}`, tenantId, clientId, objectId };
};

/** Finds a group by object id or display name. */
export const getGroup: Invoke = async (api, args) => {
  const secured =
    typeof args["securityEnabled"] === "boolean" ? ` and securityEnabled eq ${args["securityEnabled"]}` : "";
  // Like the official provider, quotes are not escaped.
  const query = (name: string) => `$filter=${encodeURIComponent(`displayName eq '${name}'${secured}`)}`;
  const found = await find(api, args, "/beta/groups", "displayName", query);
  const members = await api.related(`/beta/groups/${found.id}/members`);
  const owners = await api.related(`/beta/groups/${found.id}/owners`);
  return { ...groupState(found), id: `/groups/${found.id}`, members, owners };
};

/** Finds a service principal by object id or client id. */
export const getServicePrincipal: Invoke = async (api, args) => {
  const found = await find(api, args, "/servicePrincipals", "clientId", (clientId) => where(eq("appId", clientId)));
  return { ...(await servicePrincipalState(api, found)), id: `/servicePrincipals/${found.id}` };
};

/** Returns the one object with the object id, or with the other argument `property`. */
async function find(
  api: Api,
  args: PropertyMap,
  path: string,
  property: string,
  query: (value: string) => string,
): Promise<Entity> {
  const [objectId, wanted] = [text(args["objectId"]), text(args[property])];
  if ((objectId === "") === (wanted === "")) {
    throw new InputErrors([{ property, reason: `exactly one of objectId and ${property} must be given.` }]);
  }
  if (objectId !== "") {
    const found = await api.get(`${path}/${objectId}`);
    if (found === undefined) throw new Error(`objectId: there is no object ${path}/${objectId}.`);
    return found;
  }
  const [found, ...others] = (await api.list(`${path}?${query(wanted)}`)) ?? [];
  if (found === undefined || others.length > 0) {
    const count = found === undefined ? "no object has" : "several objects have";
    throw new Error(`${property}: ${count} the ${property} "${wanted}".`);
  }
  return found;
}
