import { assign } from "../directory/assignments";
import { addPassword } from "../directory/passwords";
import { newApplication } from "../state/newApplication";
import { newServicePrincipal } from "../state/newServicePrincipal";
import { TenantState } from "../state/tenant";
import type { ServicePrincipal } from "../state/types";
import { graphAppId, graphPermissions, graphScopes, type GraphPermission } from "../state/wellKnown";
import { seedDomains } from "./domains";
import { edgeCaseUsers } from "./edgeCaseUsers";
import { seedGroups, type GroupSeed } from "./groups";
import { typicalUsers } from "./typicalUsers";
import type { UserSeed } from "./users";

/** Initial content of a tenant. */
export interface TenantSeed {
  /** GUID in lowercase. */
  tenantId: string;
  displayName: string;
  /** Domain names. The first is the default domain. One must end in .onmicrosoft.com. */
  domains: readonly string[];
  users: readonly UserSeed[];
  groups: readonly GroupSeed[];
}

/** Application permissions of `GraphEmulator.deployer`: exactly those in docs/security.md, so that tests verify that they suffice. */
export const deployerPermissions: GraphPermission[] = [
  "Application.ReadWrite.All",
  "AppRoleAssignment.ReadWrite.All",
  "Group.ReadWrite.All",
  "Synchronization.ReadWrite.All",
  "User.Read.All",
];

/** The default tenant: users with typical and edge-case names, and groups. */
export const defaultTenant: TenantSeed = {
  tenantId: "7d0c4e7c-2a58-4b0e-9c43-1f6a6f2f8d51",
  displayName: "Corp",
  domains: ["corp.com", "emea.corp.com", "corpsandbox.onmicrosoft.com"],
  users: [...edgeCaseUsers, ...typicalUsers],
  groups: seedGroups,
};

/** Creates a tenant with the users and groups of the seed and the service principal of Microsoft Graph. */
export function createTenant(seed: TenantSeed): TenantState {
  const state = new TenantState(seed.tenantId, seed.displayName);
  state.domains = seedDomains(seed.domains);
  addMicrosoftGraph(state);
  for (const { manager: _manager, ...user } of seed.users) state.createUser(user);
  for (const { userPrincipalName, manager } of seed.users) {
    if (manager !== undefined) state.managers.set(state.user(userPrincipalName).id, state.user(manager).id);
  }
  const made = seed.groups.map(({ members = [], groups = [], owners = [], ...group }) => {
    const { id } = state.createGroup(group);
    state.addMembers(id, members);
    for (const owner of owners) state.owners.add(id, state.user(owner).id);
    return { id, groups };
  });
  for (const { id, groups } of made) for (const name of groups) state.nestGroup(id, state.groupByName(name).id);
  return state;
}

/** Registers an application with a client secret and granted application permissions of Graph. Throws for an unknown permission. */
export function addClient(
  state: TenantState,
  displayName: string,
  permissions: readonly string[],
): { clientId: string; clientSecret: string; objectId: string } {
  const application = newApplication({ displayName });
  const principal = newServicePrincipal(application, state.tenantId);
  state.add("application", application);
  state.add("servicePrincipal", principal);
  const graph = state.servicePrincipalByAppId(graphAppId) as ServicePrincipal;
  for (const permission of permissions) {
    const role = graph.appRoles.find((one) => one.value === permission);
    if (!role)
      throw new Error(
        `Unknown application permission "${permission}". Use one of: ${Object.keys(graphPermissions).join(", ")}.`,
      );
    assign(state, graph, { principalId: principal.id, resourceId: graph.id, appRoleId: role.id });
  }
  const { secretText } = addPassword(state, application, { displayName: "entra-emulator" });
  return { clientId: application.appId, clientSecret: secretText, objectId: principal.id };
}

function addMicrosoftGraph(state: TenantState): void {
  const application = newApplication({
    displayName: "Microsoft Graph",
    appId: graphAppId,
    appRoles: Object.entries(graphPermissions).map(([value, id]) => ({
      id,
      value,
      displayName: value,
      description: value,
      allowedMemberTypes: ["Application"],
      isEnabled: true,
      origin: "Application",
    })),
    api: {
      oauth2PermissionScopes: Object.entries(graphScopes).map(([value, id]) => ({
        id,
        value,
        type: "User",
        isEnabled: true,
        adminConsentDescription: value,
        adminConsentDisplayName: value,
        userConsentDescription: value,
        userConsentDisplayName: value,
      })),
    },
  });
  // The application object of Microsoft Graph exists only in the tenant of Microsoft. Other tenants have the service principal.
  state.add("servicePrincipal", newServicePrincipal(application, "f8cdef31-a31e-4b4a-93e4-5f571e91255a"));
}
