import type { Call, Endpoint } from "../http/endpoint";
import { badRequest, created, noContent, notFound } from "../http/reply";
import { entityReply, listReply } from "../odata/query";
import { boundIds, objectBody } from "../odata/references";
import { complexProperties, newApplication, withoutAnnotations } from "../state/newApplication";
import { mirrored } from "../state/newServicePrincipal";
import type { Application } from "../state/types";
import { replaceAppRoles } from "./appRoles";
import { passwordEndpoints } from "./passwords";
import { relationEndpoints } from "./relations";
import { shapes } from "./shapes";

const read = ["Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All"];
const write = ["Application.ReadWrite.All"];
const readOnly = new Set([
  "id",
  "appId",
  "applicationTemplateId",
  "createdDateTime",
  "passwordCredentials",
  "publisherDomain",
]);

export const applicationEndpoints: Endpoint[] = [
  {
    method: "GET",
    path: "/applications",
    permissions: [...read, "Application.ReadWrite.OwnedBy"],
    handle: (call) => listReply(call, "applications", [...call.state.applications.values()], shapes.application),
  },
  { method: "POST", path: "/applications", permissions: write, ownedObject: true, handle: createApplication },
  {
    method: "GET",
    path: "/applications/:id",
    permissions: [...read, "Application.ReadWrite.OwnedBy"],
    handle: (call) => entityReply(call, "applications", application(call), shapes.application),
  },
  { method: "PATCH", path: "/applications/:id", permissions: write, ownedObject: "id", handle: updateApplication },
  {
    method: "DELETE",
    path: "/applications/:id",
    permissions: write,
    ownedObject: "id",
    handle: (call) => {
      call.state.delete(application(call).id);
      return noContent();
    },
  },
  ...relationEndpoints({
    path: "/applications/:id",
    name: "owners",
    relation: (call) => call.state.owners,
    require: application,
    read: [...read, "Application.ReadWrite.OwnedBy"],
    write,
    ownedObject: "id",
  }),
  ...passwordEndpoints,
];

/** Returns the application in the path: `/applications/{id}`, or `/applications(appId='..')`, which the router passes as `appId=..`. */
export function application(call: Call): Application {
  const id = call.params["id"] ?? "";
  const byAppId = /^appId='?([0-9a-f-]+)'?$/i.exec(id)?.[1];
  if (byAppId === undefined) return call.state.application(id);
  const found = call.state.applicationByAppId(byAppId);
  if (!found) throw notFound(byAppId);
  return found;
}

function createApplication(call: Call) {
  const body = objectBody(call.body);
  const owners = boundIds(body, "owners");
  for (const id of owners) if (!call.state.find(id)) throw notFound(id);
  const given = withoutAnnotations(body);
  if (typeof given["displayName"] !== "string" || given["displayName"] === "") {
    throw badRequest("A value is required for property 'displayName' of resource 'Application'.");
  }
  check(given, call, undefined);
  const roles = replaceAppRoles([], given["appRoles"] ?? []);
  const { passwordCredentials: _ignored, ...rest } = given;
  const made = newApplication({ ...rest, displayName: given["displayName"], appRoles: roles });
  made["publisherDomain"] = call.state.domains.find((domain) => domain.isDefault)?.id ?? null;
  call.state.add("application", made);
  // Graph always adds the calling application as an owner.
  for (const id of new Set([...owners, call.caller.objectId])) call.state.owners.add(made.id, id);
  return created({ "@odata.context": `${call.root}/${call.version}/$metadata#applications/$entity`, ...made });
}

function updateApplication(call: Call) {
  const target = application(call);
  const change = withoutAnnotations(objectBody(call.body));
  check(change, call, target);
  if ("appRoles" in change) change["appRoles"] = replaceAppRoles(target.appRoles, change["appRoles"]);
  for (const name of ["tags", "identifierUris", "requiredResourceAccess"]) {
    if (change[name] === null) change[name] = [];
  }
  Object.assign(target, change, complexProperties(change, target), {
    id: target.id,
    appId: target.appId,
    applicationTemplateId: target.applicationTemplateId,
    passwordCredentials: target.passwordCredentials,
  });
  const principal = call.state.servicePrincipalByAppId(target.appId);
  if (principal) {
    Object.assign(principal, mirrored(target));
    // Graph copies tags of the application to its service principal and keeps the tags that only the service principal has.
    if (Array.isArray(change["tags"])) principal.tags = [...new Set([...principal.tags, ...target.tags])];
  }
  return noContent();
}

function check(given: Record<string, unknown>, call: Call, target: Application | undefined): void {
  const known = shapes.application.properties ?? [];
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) {
      throw badRequest(`Property '${name}' does not exist as a declared property or extension property.`);
    }
    if (target && readOnly.has(name) && JSON.stringify(given[name]) !== JSON.stringify(target[name])) {
      throw badRequest(`Property '${name}' is read-only and cannot be set.`);
    }
  }
  const uris = given["identifierUris"];
  for (const uri of Array.isArray(uris) ? (uris as string[]) : []) {
    const taken = [...call.state.applications.values()].some(
      (one) => one !== target && ((one["identifierUris"] as string[]) ?? []).includes(uri),
    );
    if (taken) throw badRequest("Another object with the same value for property identifierUris already exists.");
  }
  const audience = given["signInAudience"];
  const audiences = [
    "AzureADMyOrg",
    "AzureADMultipleOrgs",
    "AzureADandPersonalMicrosoftAccount",
    "PersonalMicrosoftAccount",
  ];
  if (typeof audience === "string" && !audiences.includes(audience)) {
    throw badRequest("Invalid value specified for property 'signInAudience' of resource 'Application'.");
  }
}
