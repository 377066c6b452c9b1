import { randomBytes, randomUUID } from "node:crypto";

import { route, type Call, type Endpoint } from "../http/endpoint";
import { badRequest, GraphError, notFound } from "../http/reply";
import { givenProperties, objectBody } from "../odata/body";
import { createdReply, entityReply, listReply } from "../odata/query";
import type { Entity } from "../state/types";

const set = "oauth2PermissionGrants";
const path = `/${set}/:grant` as const;
const write = ["DelegatedPermissionGrant.ReadWrite.All"];
const read = ["Directory.Read.All", "DelegatedPermissionGrant.Read.All", ...write];

/** Delegated permissions that a client has for all users or for one user. */
export const permissionGrantEndpoints: Endpoint[] = [
  route(`GET /${set}`, read, (call) => listReply(call, set, call.state.grants.values())),
  route(`POST /${set}`, write, createGrant),
  route(`GET ${path}`, read, (call) => entityReply(call, set, grant(call))),
  route(`PATCH ${path}`, write, (call) => {
    grant(call)["scope"] = objectBody(call.body)["scope"] ?? null;
  }),
  route(`DELETE ${path}`, write, (call) => {
    call.state.grants.delete(grant(call).id);
  }),
];

function grant({ state, param }: Call): Entity {
  const found = state.grants.get(param("grant"));
  if (!found) throw notFound(param("grant"));
  return found;
}

function createGrant(call: Call) {
  const { clientId, resourceId, consentType, principalId = null, scope = null } = givenProperties(call);
  for (const id of [clientId, resourceId]) call.state.servicePrincipal(String(id));
  if (consentType !== "AllPrincipals" && consentType !== "Principal") {
    throw badRequest("Invalid value specified for property 'consentType' of resource 'OAuth2PermissionGrant'.");
  }
  const isSame = (one: Entity) =>
    one["clientId"] === clientId &&
    one["resourceId"] === resourceId &&
    one["consentType"] === consentType &&
    one["principalId"] === principalId;
  if ([...call.state.grants.values()].some(isSame)) {
    throw new GraphError(409, "Request_MultipleObjectsWithSameKeyValue", "Permission entry already exists.");
  }
  const id = `${randomBytes(24).toString("base64url")}-${randomUUID().slice(0, 8)}`;
  const made: Entity = { clientId, consentType, id, principalId, resourceId, scope };
  call.state.grants.set(id, made);
  return createdReply(call, set, made);
}
