import type { ExistingGroup } from "../../components/accessGroups";
import { findUserAppRoleId } from "../../components/userRole";
import { groupKey } from "../../config/clashes";
import type { Assignment, DiscoveredSetup, FoundGroup } from "./found";

/** A resource of the stack that is there already: by the names that the program gives it. */
export interface Import {
  type: string;
  name: string;
  component: keyof typeof components;
  /** As the provider's documentation writes it. */
  id: string;
}

/** The stack's components that hold what is imported, by type and name. */
export const components = {
  oidc: { type: "smallstep-ssh:components:OidcApplication", name: "smallstep-ssh" },
  userSync: { type: "smallstep-ssh:components:UserProvisioning", name: "smallstep-usersync" },
} as const;

const nonGalleryTemplate = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621";
const defaultAccess = "00000000-0000-0000-0000-000000000000";

/** How the configuration names a group, which is part of the names of its resources. */
export function groupSetting({ id, displayName, unique }: FoundGroup): { existing: ExistingGroup } {
  return { existing: unique ? { displayName } : { objectId: id } };
}

/** The assignment of a group that the stack goes on with: one with the right role if there is one. */
export function assignmentOf(
  assignments: readonly Assignment[],
  groupId: string,
  roleId: string | undefined,
): Assignment | undefined {
  const own = assignments.filter(({ principalId }) => principalId === groupId);
  return own.find(({ appRoleId }) => appRoleId === roleId) ?? own[0];
}

/** The id of the enterprise application's role `User`; undefined when it has none. */
export function roleOf({ appRoles }: DiscoveredSetup["enterpriseApp"]): string | undefined {
  try {
    return findUserAppRoleId(
      appRoles.map((role) => ({ ...role, displayName: role.displayName ?? "", enabled: role.isEnabled })),
    );
  } catch {
    return undefined;
  }
}

/** Everything of Entra ID that the stack declares and that is there. Groups are only read by the stack, and never imported. */
export function importsOf(
  found: DiscoveredSetup,
  settings: { assignmentRequired: boolean; adminConsent: boolean },
): Import[] {
  const { application, signIn, enterpriseApp: app, groups, job } = found;
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
          ...(found.secrets.length === 0 ? [] : [entra("userSync", "SynchronizationSecret", userSync.name, principal)]),
          ...["AttributeMappings", "Provisioning"].map((type): Import => ({
            type: `usersync:entra:${type}`,
            name: userSync.name,
            component: "userSync",
            id: jobId,
          })),
        ]),
  ];
}

/** Consent by an administrator, for everybody in the tenant. */
export function isForEverybody({ consentType }: { consentType: string }): boolean {
  return consentType === "AllPrincipals";
}
