import type { Call, Endpoint } from "../http/endpoint";
import { badRequest, created, GraphError, noContent, notFound } from "../http/reply";
import { entityReply, listReply } from "../odata/query";
import { boundIds, objectBody } from "../odata/references";
import { withoutAnnotations } from "../state/newApplication";
import { mirrored, newServicePrincipal } from "../state/newServicePrincipal";
import type { ServicePrincipal } from "../state/types";
import { relationEndpoints } from "./relations";
import { shapes } from "./shapes";

const read = [
  "Application.Read.All",
  "Application.ReadWrite.All",
  "Application.ReadWrite.OwnedBy",
  "Directory.Read.All",
];
const write = ["Application.ReadWrite.All"];

export const servicePrincipalEndpoints: Endpoint[] = [
  {
    method: "GET",
    path: "/servicePrincipals",
    permissions: read,
    handle: (call) =>
      listReply(call, "servicePrincipals", [...call.state.servicePrincipals.values()], shapes.servicePrincipal),
  },
  { method: "POST", path: "/servicePrincipals", permissions: write, ownedObject: true, handle: createPrincipal },
  {
    method: "GET",
    path: "/servicePrincipals/:id",
    permissions: read,
    handle: (call) => entityReply(call, "servicePrincipals", servicePrincipal(call), shapes.servicePrincipal),
  },
  {
    method: "PATCH",
    path: "/servicePrincipals/:id",
    permissions: write,
    ownedObject: "id",
    handle: (call) => {
      const target = servicePrincipal(call);
      const change = withoutAnnotations(objectBody(call.body));
      check(change);
      if (change["tags"] === null) change["tags"] = [];
      const application = call.state.applicationByAppId(target.appId);
      Object.assign(target, change, { id: target.id, appId: target.appId }, application ? mirrored(application) : {});
      return noContent();
    },
  },
  {
    method: "DELETE",
    path: "/servicePrincipals/:id",
    permissions: write,
    ownedObject: "id",
    handle: (call) => {
      call.state.delete(servicePrincipal(call).id);
      return noContent();
    },
  },
  ...relationEndpoints({
    path: "/servicePrincipals/:id",
    name: "owners",
    relation: (call) => call.state.owners,
    require: servicePrincipal,
    read,
    write,
    ownedObject: "id",
  }),
];

export function servicePrincipal(call: Call): ServicePrincipal {
  const id = call.params["id"] ?? "";
  const byAppId = /^appId='?([0-9a-f-]+)'?$/i.exec(id)?.[1];
  if (byAppId === undefined) return call.state.servicePrincipal(id);
  const found = call.state.servicePrincipalByAppId(byAppId);
  if (!found) throw notFound(byAppId);
  return found;
}

function createPrincipal(call: Call) {
  const body = objectBody(call.body);
  const owners = boundIds(body, "owners");
  for (const id of owners) if (!call.state.find(id)) throw notFound(id);
  const given = withoutAnnotations(body);
  check(given);
  const appId = String(given["appId"] ?? "");
  const application = call.state.applicationByAppId(appId);
  if (!application) {
    throw badRequest(`The appId '${appId}' of the service principal does not reference a valid application object.`);
  }
  if (call.state.servicePrincipalByAppId(appId)) {
    throw new GraphError(
      409,
      "Request_MultipleObjectsWithSameKeyValue",
      `The service principal cannot be created, updated, or restored because the service principal name ${appId} is already in use.`,
    );
  }
  const made = newServicePrincipal(application, call.state.tenantId, given);
  call.state.add("servicePrincipal", made);
  for (const id of new Set([...owners, call.caller.objectId])) call.state.owners.add(made.id, id);
  return created({ "@odata.context": `${call.root}/${call.version}/$metadata#servicePrincipals/$entity`, ...made });
}

function check(given: Record<string, unknown>): void {
  const known = shapes.servicePrincipal.properties ?? [];
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) {
      throw badRequest(`Property '${name}' does not exist as a declared property or extension property.`);
    }
  }
}
