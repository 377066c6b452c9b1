import { type ExistingGroup, findUserAppRoleId } from "@smallstep-ssh/components";
import { groupKey } from "@smallstep-ssh/stack";
import type { Assignment, DiscoveredSetup, FoundGroup } from "./discoveredSetup";

/** An existing resource of the stack, with the type and the name that the program declares. */
export interface Import {
  type: string;
  name: string;
  component: keyof typeof components;
  /** Import id in the format of the provider's documentation. */
  id: string;
}

/** The stack's components that contain imported resources. */
export const components = {
  oidc: { type: "smallstep-ssh:components:OidcApplication", name: "smallstep-ssh" },
  userSync: { type: "smallstep-ssh:components:UserProvisioning", name: "smallstep-usersync" },
} as const;

const nonGalleryTemplate = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621";
const defaultAccess = "00000000-0000-0000-0000-000000000000";

/** Returns the setting that identifies a group. Its value is part of the names of the group's resources. */
export function groupSetting({ id, displayName, unique }: FoundGroup): { existing: ExistingGroup } {
  return { existing: unique ? { displayName } : { objectId: id } };
}

/** Returns the assignment of a group to import. Prefers one with the right role. Undefined: the group is not assigned. */
export function assignmentOf(
  assignments: readonly Assignment[],
  groupId: string,
  roleId: string | undefined,
): Assignment | undefined {
  const own = assignments.filter(({ principalId }) => principalId === groupId);
  return own.find(({ appRoleId }) => appRoleId === roleId) ?? own[0];
}

/** Returns the id of the enterprise application's role `User`. Undefined: it has none. */
export function roleOf({ appRoles }: DiscoveredSetup["enterpriseApp"]): string | undefined {
  try {
    return findUserAppRoleId(
      appRoles.map((role) => ({ ...role, displayName: role.displayName ?? "", enabled: role.isEnabled })),
    );
  } catch {
    return undefined;
  }
}

/** Returns every Entra ID resource that the stack declares and that exists. The stack only reads groups, so they are not imported. */
export function importsOf(
  setup: DiscoveredSetup,
  settings: { assignmentRequired: boolean; adminConsent: boolean },
): Import[] {
  const { application, signIn, enterpriseApp: app, groups, job } = setup;
  const principal = `/servicePrincipals/${app.id}`;
  const key = (group: FoundGroup) => groupKey(groupSetting(group));
  const entra = (component: Import["component"], type: string, name: string, id: string): Import => ({
    type: `azuread:index/${type.charAt(0).toLowerCase()}${type.slice(1)}:${type}`,
    name,
    component,
    id,
  });
  const assigned = (component: Import["component"], resource: string, all: readonly Assignment[], role?: string) =>
    groups.flatMap((group) => {
      const assignment = assignmentOf(all, group.id, role);
      const name = `${components[component].name}-${key(group)}`;
      if (assignment === undefined) return [];
      const id = `/servicePrincipals/${resource}/appRoleAssignedTo/${assignment.id}`;
      return [entra(component, "AppRoleAssignment", name, id)];
    });
  const { oidc, userSync } = components;
  const grant = settings.adminConsent ? signIn?.grants?.find(isForEverybody) : undefined;
  const jobId = job === undefined ? "" : `${principal}/synchronization/jobs/${job.id}`;
  return [
    entra("oidc", "Application", oidc.name, `/applications/${application.id}`),
    ...(signIn === undefined ? [] : [entra("oidc", "ServicePrincipal", oidc.name, `/servicePrincipals/${signIn.id}`)]),
    ...(signIn !== undefined && settings.assignmentRequired
      ? assigned("oidc", signIn.id, signIn.assignments, defaultAccess)
      : []),
    ...(grant === undefined
      ? []
      : [entra("oidc", "ServicePrincipalDelegatedPermissionGrant", oidc.name, `/oauth2PermissionGrants/${grant.id}`)]),
    entra(
      "userSync",
      "ApplicationFromTemplate",
      userSync.name,
      `/applicationTemplates/${nonGalleryTemplate}/instantiate/${app.applicationId}/${app.id}`,
    ),
    ...assigned("userSync", app.id, app.assignments, roleOf(app)),
    ...(job === undefined
      ? []
      : [
          entra("userSync", "SynchronizationJob", userSync.name, jobId),
          ...(setup.secrets.length === 0 ? [] : [entra("userSync", "SynchronizationSecret", userSync.name, principal)]),
          ...["AttributeMappings", "Provisioning"].map((type): Import => ({
            type: `usersync:entra:${type}`,
            name: userSync.name,
            component: "userSync",
            id: jobId,
          })),
        ]),
  ];
}

/** Tests whether an administrator consented for all users of the tenant. */
export function isForEverybody({ consentType }: { consentType: string }): boolean {
  return consentType === "AllPrincipals";
}
