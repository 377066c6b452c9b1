import * as z from "zod/mini";

import type { GraphClient } from "../clients/graph/client";
import { eq, listAll, where } from "../clients/graph/collections";

/** An existing object that matches a resource that is about to be created. */
export interface Duplicate {
  description: string;
  importId?: string;
  remedy: string;
}

/** Known inputs of a resource that are text. */
type Inputs = Readonly<Record<string, string | undefined>>;

/** Finds existing objects that creating a resource of one type would duplicate. Finds nothing while an input is not known. */
type Finder = (graph: GraphClient, inputs: Inputs) => Promise<Duplicate[]>;

/** An object of Graph. */
const entity = z.looseObject({ id: z.string() });
type Entity = z.infer<typeof entity>;

const withSecrets = z.object({
  appId: z.string(),
  passwordCredentials: z.array(
    z.object({ keyId: z.string(), displayName: z.nullish(z.string()), endDateTime: z.string() }),
  ),
});

const APPLICATIONS = "Application.Read.All";
const permissions = { applications: APPLICATIONS, groups: "Group.Read.All" };

/** Prefix of the temporary name that azuread gives an application or group while it creates it. */
const UNFINISHED = "TERRAFORM_UPDATE_";

const application: Finder = async (graph, { displayName }) => {
  const found = await findByDisplayName(graph, "applications", displayName);
  return found.map((one) => ({
    description: describeApplication(one),
    importId: `/applications/${one.id}`,
    remedy: "rename or delete it",
  }));
};

const applicationFromTemplate: Finder = async (graph, { templateId, displayName }) => {
  if (templateId === undefined) return [];
  const duplicates: Duplicate[] = [];
  for (const one of await findByDisplayName(graph, "applications", displayName, false)) {
    const [principal] = await list(graph, `/servicePrincipals?${where(eq("appId", text(one, "appId")))}`, APPLICATIONS);
    const found: Duplicate = { description: describeApplication(one), remedy: "rename or delete it" };
    if (principal !== undefined) {
      found.importId = `/applicationTemplates/${templateId}/instantiate/${one.id}/${principal.id}`;
    }
    duplicates.push(found);
  }
  return duplicates;
};

const group: Finder = async (graph, { displayName }) => {
  const found = await findByDisplayName(graph, "groups", displayName);
  return found.map((one) => ({
    description: `a group named "${text(one, "displayName")}" (object id ${one.id})`,
    importId: `/groups/${one.id}`,
    remedy: `use it with { "existing": { "objectId": "${one.id}" } } in the setting groups, or rename or delete it`,
  }));
};

const servicePrincipal: Finder = async (graph, { clientId }) => {
  if (clientId === undefined) return [];
  const found = await list(graph, `/servicePrincipals?${where(eq("appId", clientId))}`, APPLICATIONS);
  return found.map(({ id }) => ({
    description: `a service principal of the application ${clientId} (object id ${id})`,
    importId: `/servicePrincipals/${id}`,
    remedy: "delete it",
  }));
};

/** Finds a client secret with the same name and the same end. A secret with another end is the one that the rotation replaces. */
const applicationPassword: Finder = async (graph, { applicationId, displayName, endDate }) => {
  if (applicationId === undefined || endDate === undefined) return [];
  const path = `${applicationId}?$select=id,appId,passwordCredentials`;
  const call = { method: "GET", path, permission: APPLICATIONS, ...lookup } as const;
  const { appId, passwordCredentials } = await graph.request(call, withSecrets);
  return passwordCredentials
    .filter((one) => one.displayName === displayName && Date.parse(one.endDateTime) === Date.parse(endDate))
    .map(({ keyId }) => ({
      description: `a client secret "${displayName ?? ""}" (key id ${keyId}) whose value can no longer be read`,
      // The CA may use it, and then every login would fail until the registration Job has run.
      remedy:
        `remove it if the CA does not use it: az ad app credential delete --id ${appId} --key-id ${keyId} . ` +
        "If the CA uses it, set checks.duplicates to warn for one run, and remove it after the registration Job has succeeded.",
    }));
};

const appRoleAssignment: Finder = async (graph, { appRoleId, principalObjectId, resourceObjectId }) => {
  if (appRoleId === undefined || principalObjectId === undefined || resourceObjectId === undefined) return [];
  const path = `/servicePrincipals/${resourceObjectId}/appRoleAssignedTo`;
  const found = await list(graph, path, APPLICATIONS);
  return found
    .filter((one) => one["principalId"] === principalObjectId && one["appRoleId"] === appRoleId)
    .map(({ id, principalDisplayName }) => ({
      description: `an assignment of "${String(principalDisplayName ?? principalObjectId)}" to that application`,
      importId: `${path}/${id}`,
      remedy: "remove it",
    }));
};

const synchronizationJob: Finder = async (graph, { servicePrincipalId, templateId }) => {
  if (servicePrincipalId === undefined) return [];
  const path = `${servicePrincipalId}/synchronization/jobs`;
  const found = await list(graph, path, "Synchronization.Read.All");
  return found
    .filter((one) => one["templateId"] === templateId)
    .map(({ id }) => ({
      description: `a synchronization job of that application (${id})`,
      importId: `${path}/${id}`,
      remedy: "delete it",
    }));
};

const delegatedPermissionGrant: Finder = async (graph, inputs) => {
  const { servicePrincipalObjectId, resourceServicePrincipalObjectId } = inputs;
  if (servicePrincipalObjectId === undefined || resourceServicePrincipalObjectId === undefined) return [];
  const filter = where(eq("clientId", servicePrincipalObjectId));
  const found = await list(graph, `/oauth2PermissionGrants?${filter}`, "DelegatedPermissionGrant.Read.All");
  return found
    .filter((one) => one["resourceId"] === resourceServicePrincipalObjectId && one["consentType"] === "AllPrincipals")
    .map(({ id }) => ({
      description: `an admin consent for that application (${id})`,
      importId: `/oauth2PermissionGrants/${id}`,
      remedy: "revoke it",
    }));
};

/**
 * Resource types for which repeating a create silently makes a duplicate, or fails with an unhelpful error. Creating any other type of
 * azuread in the stack twice is idempotent.
 */
export const entraFinders: Readonly<Record<string, Finder>> = {
  "azuread:index/application:Application": application,
  "azuread:index/applicationFromTemplate:ApplicationFromTemplate": applicationFromTemplate,
  "azuread:index/applicationPassword:ApplicationPassword": applicationPassword,
  "azuread:index/appRoleAssignment:AppRoleAssignment": appRoleAssignment,
  "azuread:index/group:Group": group,
  "azuread:index/servicePrincipal:ServicePrincipal": servicePrincipal,
  "azuread:index/servicePrincipalDelegatedPermissionGrant:ServicePrincipalDelegatedPermissionGrant":
    delegatedPermissionGrant,
  "azuread:index/synchronizationJob:SynchronizationJob": synchronizationJob,
};

type Collection = keyof typeof permissions;

/** Finds the objects with a display name. If there are none, takes one that an interrupted run left before it had its name. */
async function findByDisplayName(
  graph: GraphClient,
  collection: Collection,
  displayName: string | undefined,
  includeUnnamed = true,
): Promise<Entity[]> {
  if (displayName === undefined) return [];
  const found = await list(graph, `/${collection}?${where(eq("displayName", displayName))}`, permissions[collection]);
  // Keep the unnamed object for another resource when an object with the name exists: otherwise that resource would be created twice.
  if (includeUnnamed && found.length === 0) found.push(...(await unnamedLeftovers(graph, collection)).splice(0, 1));
  return found;
}

/**
 * Half-created objects left by an interrupted run, by collection. Read once, before this run creates anything, because new objects are
 * unnamed for a moment too. Each is matched at most once.
 */
const leftovers = new WeakMap<GraphClient, Map<Collection, Promise<Entity[]>>>();

function unnamedLeftovers(graph: GraphClient, collection: Collection): Promise<Entity[]> {
  const byCollection = leftovers.get(graph) ?? new Map<Collection, Promise<Entity[]>>();
  leftovers.set(graph, byCollection);
  const found = byCollection.get(collection) ?? findUnnamed(graph, collection);
  byCollection.set(collection, found);
  return found;
}

async function findUnnamed(graph: GraphClient, collection: Collection): Promise<Entity[]> {
  const unfinished = where(`startswith(displayName,'${UNFINISHED}')`);
  const found = await list(graph, `/${collection}?${unfinished}`, permissions[collection]);
  const caller = found.length === 0 ? undefined : (await graph.claims())?.objectId;
  const own: Entity[] = [];
  for (const one of found) {
    const owners = await list(graph, `/${collection}/${one.id}/owners?$select=id`, permissions[collection]);
    if (owners.some(({ id }) => id === caller)) own.push(one);
  }
  return own;
}

// The parent object may have been created a moment ago, so its absence may be temporary.
const lookup = { operation: "check whether an object already exists before creating it", eventuallyConsistent: true };

async function list(graph: GraphClient, path: string, permission: string): Promise<Entity[]> {
  const all: Entity[] = [];
  for await (const one of listAll(graph, { path, permission, ...lookup }, entity)) all.push(one);
  return all;
}

function describeApplication(one: Entity): string {
  return `an application named "${text(one, "displayName")}" (object id ${one.id}, client id ${text(one, "appId")})`;
}

function text(entity: Entity, property: string): string {
  return String(entity[property]);
}
