import { boundedList } from "entra-mappings";

/** An app role, as `azuread.getServicePrincipal` returns it. */
export interface AppRole {
  id: string;
  displayName: string;
  enabled: boolean;
  allowedMemberTypes: string[];
}

/**
 * Finds the role for group assignments to an enterprise app created from the non-gallery template: the role named `User`. Its id
 * varies, and Graph rejects the zero id ("Default Access") for an app that declares roles.
 * @throws Error that lists the existing roles when there is no such role
 */
export function findUserAppRoleId(roles: readonly AppRole[]): string {
  const role = roles.find(
    ({ displayName, enabled, allowedMemberTypes }) =>
      displayName === "User" && enabled && allowedMemberTypes.includes("User"),
  );
  if (role === undefined) {
    const roleNames = boundedList(roles.map(({ displayName }) => displayName)).join(", ") || "none";
    throw new Error(`The enterprise app has no enabled role "User" for users and groups (roles: ${roleNames}).`);
  }
  return role.id;
}
