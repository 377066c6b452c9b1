import { assign } from "../directory/assignments";
import { addPassword } from "../directory/credentials";
import { newServicePrincipal, create } from "../state/objects";
import { TenantState } from "../state/tenant";
import type { Domain } from "../state/types";
import { graphAppId, graphPermissions, graphScopes, type GraphPermission } from "../state/wellKnown";
import { defaultTenant } from "./defaultTenant";
import type { TenantSeed } from "./seed";

/** Application permissions of `GraphEmulator.deployer`: exactly those in docs/security.md, so that tests verify that they suffice. */
export const deployerPermissions: GraphPermission[] = [
  "Application.ReadWrite.All",
  "AppRoleAssignment.ReadWrite.All",
  "Group.ReadWrite.All",
  "Synchronization.ReadWrite.All",
  "User.Read.All",
];

/** Creates a tenant with the users and groups of the seed and the service principal of Microsoft Graph. */
export function createTenant(seed: TenantSeed): TenantState {
  const { tenantId = defaultTenant.tenantId, displayName, domains, users = [], groups = [] } = seed;
  const state = new TenantState(tenantId, displayName);
  state.domains = domains.map(domain);
  addMicrosoftGraph(state);
  for (const { manager: _manager, ...user } of users) state.createUser(user);
  for (const { userPrincipalName, manager } of users) {
    if (manager !== undefined) state.managers.set(state.user(userPrincipalName).id, state.user(manager).id);
  }
  const made = groups.map(({ members = [], groups: nested = [], owners = [], ...group }) => {
    const { id } = state.createGroup(group);
    state.addMembers(id, members);
    for (const owner of owners) state.owners.add(id, state.user(owner).id);
    return { id, nested };
  });
  for (const { id, nested } of made) for (const name of nested) state.nestGroup(id, state.groupByName(name).id);
  return state;
}

/** Creates a verified domain. The first is the default domain; `.onmicrosoft.com` is the initial domain. */
function domain(id: string, index: number, all: readonly string[]): Domain {
  return {
    id,
    authenticationType: "Managed",
    availabilityStatus: null,
    isAdminManaged: true,
    isDefault: index === 0,
    isInitial: id.endsWith(".onmicrosoft.com"),
    isRoot: !all.some((other) => id.endsWith(`.${other}`)),
    isVerified: true,
    manufacturer: null,
    model: null,
    passwordNotificationWindowInDays: null,
    passwordValidityPeriodInDays: null,
    state: null,
    supportedServices: index === 0 ? ["Email", "OfficeCommunicationsOnline"] : [],
  };
}

/** Registers an application with a client secret and granted application permissions of Graph. Throws for an unknown permission. */
export function addClient(
  state: TenantState,
  displayName: string,
  permissions: readonly string[],
): { clientId: string; clientSecret: string; objectId: string } {
  const application = state.add("application", create("application", { displayName }));
  const principal = state.add("servicePrincipal", newServicePrincipal(application, state.tenantId));
  const graph = state.servicePrincipal(`appId=${graphAppId}`);
  for (const permission of permissions) {
    const role = graph.appRoles.find((one) => one.value === permission);
    if (!role) {
      const allowed = Object.keys(graphPermissions).join(", ");
      throw new Error(`Unknown application permission "${permission}". Use one of: ${allowed}.`);
    }
    assign(state, graph, { principalId: principal.id, resourceId: graph.id, appRoleId: role.id });
  }
  const { secretText } = addPassword(state, application, { displayName: "entra-emulator" });
  return { clientId: application.appId, clientSecret: secretText, objectId: principal.id };
}

function addMicrosoftGraph(state: TenantState): void {
  const application = create("application", {
    displayName: "Microsoft Graph",
    appId: graphAppId,
    appRoles: Object.entries(graphPermissions).map(([value, id]) => ({
      ...{ id, value, displayName: value, description: value },
      allowedMemberTypes: ["Application"],
    })),
    api: {
      oauth2PermissionScopes: Object.entries(graphScopes).map(([value, id]) => ({
        ...{ id, value, type: "User", isEnabled: true },
        ...{ adminConsentDescription: value, adminConsentDisplayName: value },
        ...{ userConsentDescription: value, userConsentDisplayName: value },
      })),
    },
  });
  // The application object of Microsoft Graph exists only in the tenant of Microsoft. Other tenants have the service principal.
  state.add("servicePrincipal", newServicePrincipal(application, "f8cdef31-a31e-4b4a-93e4-5f571e91255a"));
}
