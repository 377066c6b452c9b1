/** What `azuread.getServicePrincipal` says of a role. */
export interface AppRole {
  id: string;
  displayName: string;
  enabled: boolean;
  allowedMemberTypes: string[];
}

/**
 * The role with which groups are assigned to an enterprise app made from the non-gallery template: the one named `User`.
 * Its id is read, never assumed; the zero id ("Default Access") is refused by Graph for an app that declares roles.
 * @throws Error in words when there is no such role
 */
export function findUserAppRoleId(roles: readonly AppRole[]): string {
  const role = roles.find(
    ({ displayName, enabled, allowedMemberTypes }) =>
      displayName === "User" && enabled && allowedMemberTypes.includes("User"),
  );
  if (role === undefined) {
    const seen = roles.map(({ displayName }) => displayName).join(", ") || "none";
    throw new Error(`The enterprise app has no enabled role "User" for users and groups (roles: ${seen}).`);
  }
  return role.id;
}
