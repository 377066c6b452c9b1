import { orOwner, type Call, type Endpoint } from "../http/endpoint";
import { badRequest, GraphError } from "../http/reply";
import { boundIds } from "../odata/body";
import { mirrored, newServicePrincipal, create } from "../state/objects";
import { appRole, type Application, type AppRole } from "../state/types";
import { collectionEndpoints } from "./collection";
import { relationEndpoints } from "./relations";

export const readApplications = [
  "Application.Read.All",
  "Application.ReadWrite.All",
  "Application.ReadWrite.OwnedBy",
  "Directory.Read.All",
];
const mayCreate = ["Application.ReadWrite.All", "Application.ReadWrite.OwnedBy"];
const write = orOwner(["Application.ReadWrite.All"]);

export const applicationEndpoints: Endpoint[] = [
  ...collectionEndpoints({
    type: "application",
    read: readApplications,
    write,
    mayCreate,
    create: (call, { passwordCredentials: _ignored, ...given }) => {
      checkUris(call, given);
      const made = create("application", { ...given, appRoles: replaceAppRoles([], given["appRoles"] ?? []) });
      made.publisherDomain = call.state.domains.find((domain) => domain.isDefault)?.id ?? null;
      addOwners(call, made.id);
      return made;
    },
    update: (call, target, given) => {
      checkUris(call, given, target);
      if ("appRoles" in given) given["appRoles"] = replaceAppRoles(target.appRoles, given["appRoles"]);
      return () => {
        const principal = call.state.servicePrincipalByAppId(target.appId);
        if (!principal) return;
        Object.assign(principal, mirrored(target));
        // Graph copies tags of the application to its service principal and keeps the tags that only the service principal has.
        if ("tags" in given) principal.tags = [...new Set([...principal.tags, ...target.tags])];
      };
    },
  }),
  ...relationEndpoints("application", "owners", readApplications, write),
  ...collectionEndpoints({
    type: "servicePrincipal",
    read: readApplications,
    write,
    mayCreate,
    create: (call, given) => {
      const appId = String(given["appId"] ?? "");
      const application = call.state.applicationByAppId(appId);
      if (!application) {
        throw badRequest(
          `The appId '${appId}' of the service principal does not reference a valid application object.`,
        );
      }
      if (call.state.servicePrincipalByAppId(appId)) {
        throw new GraphError(
          409,
          "Request_MultipleObjectsWithSameKeyValue",
          `The service principal cannot be created, updated, or restored because the service principal name ${appId} is already in use.`,
        );
      }
      const made = newServicePrincipal(application, call.state.tenantId, given);
      addOwners(call, made.id);
      return made;
    },
    update: (call, target) => () => {
      const application = call.state.applicationByAppId(target.appId);
      if (application) Object.assign(target, mirrored(application));
    },
  }),
  ...relationEndpoints("servicePrincipal", "owners", readApplications, write),
];

/** Adds the owners in the body. Graph always adds the calling application as an owner. */
function addOwners(call: Call, id: string): void {
  for (const owner of [...boundIds(call, "owners"), call.caller.objectId]) call.state.owners.add(id, owner);
}

function checkUris({ state }: Call, { identifierUris }: Record<string, unknown>, target?: Application): void {
  const others = [...state.applications.values()].filter((one) => one !== target);
  const taken = new Set(others.flatMap((one) => one.identifierUris));
  if (Array.isArray(identifierUris) && identifierUris.some((uri) => taken.has(uri))) {
    throw badRequest("Another object with the same value for property identifierUris already exists.");
  }
}

/**
 * Returns the new roles of an application. Like Graph, rejects the deletion or change of an enabled role:
 * an earlier request must disable it first.
 */
function replaceAppRoles(current: readonly AppRole[], given: unknown): AppRole[] {
  const parsed = appRole.array().safeParse(given);
  if (!parsed.success) {
    const place = parsed.error.issues[0]?.path.join("/");
    throw badRequest(`Invalid value specified for property 'appRoles/${place}' of resource 'Application'.`);
  }
  const roles = parsed.data;
  for (const key of ["id", "value"] as const) {
    const values = roles.map((role) => role[key]).filter((value) => value !== null && value !== "");
    if (new Set(values).size !== values.length) {
      throw badRequest(`Request contains duplicate values of '${key}' in property 'appRoles'.`);
    }
  }
  for (const before of current) {
    const after = roles.find((role) => role.id === before.id);
    if (before.isEnabled && (!after || (after.isEnabled && identity(before) !== identity(after)))) {
      throw badRequest(
        "Permission (scope or role) cannot be deleted or updated unless disabled first. " +
          `Property: appRoles, id: ${before.id}.`,
      );
    }
  }
  return roles;
}

/** Returns the value and the member types. Graph allows changes of display texts at any time. */
function identity({ value, allowedMemberTypes }: AppRole): string {
  return JSON.stringify([value ?? "", [...allowedMemberTypes].sort()]);
}
