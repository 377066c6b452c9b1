import { listAll, eq, member, where, type GraphClient } from "@smallstep-ssh/usersync/clients";
import type { Duplicate, Entity, Finder, Inputs, Sources } from "./types";

const APPLICATIONS = "Application.Read.All";
const GROUPS = "Group.Read.All";

/** Prefix of the temporary name that azuread gives an application or group while it creates it. */
const UNFINISHED = "TERRAFORM_UPDATE_";

export const application: Finder = async (sources, inputs) => {
  const found = await findByDisplayName(sources, "applications", inputs["displayName"]);
  return found.map(({ id, appId, name }) => ({
    description: `an application named "${name}" (object id ${id}, client id ${String(appId)})`,
    importId: `/applications/${id}`,
    remedy: "rename or delete it",
  }));
};

export const applicationFromTemplate: Finder = async (sources, inputs) => {
  const { templateId, displayName } = texts(inputs);
  if (templateId === undefined) return [];
  const graph = await sources.graph();
  const duplicates: Duplicate[] = [];
  for (const { id, appId, name } of await findByDisplayName(sources, "applications", displayName, false)) {
    const [principal] = await list(graph, `/servicePrincipals?${where(eq("appId", String(appId)))}`, APPLICATIONS);
    const description = `an application named "${name}" (object id ${id}, client id ${String(appId)})`;
    const remedy = "rename or delete it";
    if (principal === undefined) duplicates.push({ description, remedy });
    else {
      const importId = `/applicationTemplates/${templateId}/instantiate/${id}/${principal.id}`;
      duplicates.push({ description, importId, remedy });
    }
  }
  return duplicates;
};

export const group: Finder = async (sources, inputs) => {
  const found = await findByDisplayName(sources, "groups", inputs["displayName"]);
  return found.map(({ id, name }) => ({
    description: `a group named "${name}" (object id ${id})`,
    importId: `/groups/${id}`,
    remedy: `use it with { "existing": { "objectId": "${id}" } } in the setting groups, or rename or delete it`,
  }));
};

export const servicePrincipal: Finder = async (sources, inputs) => {
  const { clientId } = texts(inputs);
  if (clientId === undefined) return [];
  const graph = await sources.graph();
  const found = await list(graph, `/servicePrincipals?${where(eq("appId", clientId))}`, APPLICATIONS);
  return found.map(({ id }) => ({
    description: `a service principal of the application ${clientId} (object id ${id})`,
    importId: `/servicePrincipals/${id}`,
    remedy: "delete it",
  }));
};

/** Finds a client secret with the same name and the same end. A secret with another end is the one that the rotation replaces. */
export const applicationPassword: Finder = async (sources, inputs) => {
  const { applicationId, displayName, endDate } = texts(inputs);
  if (applicationId === undefined || endDate === undefined) return [];
  const graph = await sources.graph();
  const found = await read(graph, `${applicationId}?$select=id,appId,passwordCredentials`, APPLICATIONS);
  const credentials = (found?.["passwordCredentials"] ?? []) as Record<string, unknown>[];
  return credentials
    .filter((one) => one["displayName"] === displayName && sameMoment(one["endDateTime"], endDate))
    .map(({ keyId }) => ({
      description: `a client secret "${displayName ?? ""}" (key id ${String(keyId)}) whose value can no longer be read`,
      remedy: `remove it: az ad app credential delete --id ${String(found?.["appId"])} --key-id ${String(keyId)}`,
    }));
};

export const appRoleAssignment: Finder = async (sources, inputs) => {
  const { appRoleId, principalObjectId, resourceObjectId } = texts(inputs);
  if (appRoleId === undefined || principalObjectId === undefined || resourceObjectId === undefined) return [];
  const graph = await sources.graph();
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

export const synchronizationJob: Finder = async (sources, inputs) => {
  const { servicePrincipalId, templateId } = texts(inputs);
  if (servicePrincipalId === undefined) return [];
  const graph = await sources.graph();
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

export const delegatedPermissionGrant: Finder = async (sources, inputs) => {
  const { servicePrincipalObjectId, resourceServicePrincipalObjectId } = texts(inputs);
  if (servicePrincipalObjectId === undefined || resourceServicePrincipalObjectId === undefined) return [];
  const graph = await sources.graph();
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

/** Finds the objects with a display name. If there are none, takes one that an interrupted run left before it had its name. */
async function findByDisplayName(
  sources: Sources,
  collection: "applications" | "groups",
  displayName: unknown,
  includeUnnamed = true,
): Promise<(Entity & { name: string })[]> {
  if (typeof displayName !== "string") return [];
  const graph = await sources.graph();
  const found = await list(graph, `/${collection}?${where(eq("displayName", displayName))}`, permissions[collection]);
  // Keep the unnamed object for another resource when an object with the name exists: otherwise that resource would be created twice.
  if (includeUnnamed && found.length === 0) {
    const leftovers = sources.unnamedLeftovers.get(collection) ?? findUnnamed(graph, collection);
    sources.unnamedLeftovers.set(collection, leftovers);
    found.push(...(await leftovers).splice(0, 1));
  }
  return found.map((one) => ({ ...one, name: String(one["displayName"]) }));
}

const permissions = { applications: APPLICATIONS, groups: GROUPS };

async function findUnnamed(graph: GraphClient, collection: "applications" | "groups"): Promise<Entity[]> {
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

const operation = "check whether an object already exists before creating it";

async function list(graph: GraphClient, path: string, permission: string): Promise<Entity[]> {
  const all: Entity[] = [];
  // The parent object may have been created a moment ago, so its absence may be temporary.
  for await (const one of listAll(graph, { path, operation, permission, eventuallyConsistent: true }, member))
    all.push(one);
  return all;
}

async function read(graph: GraphClient, path: string, permission: string): Promise<Entity | undefined> {
  return (await graph.request({ method: "GET", path, operation, permission, eventuallyConsistent: true })) as
    Entity | undefined;
}

function texts(inputs: Inputs): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(inputs).filter(([, value]) => typeof value === "string")) as Record<
    string,
    string
  >;
}

function sameMoment(a: unknown, b: string): boolean {
  return Date.parse(String(a)) === Date.parse(b);
}
