/** Application permissions to read and to write, by path pattern. The most specific pattern comes first. */
const permissions: readonly [RegExp, read: string, write: string][] = [
  [/\/synchronization\//, "Synchronization.ReadWrite.All", "Synchronization.ReadWrite.All"],
  [/\/appRoleAssign/, "Application.Read.All", "AppRoleAssignment.ReadWrite.All"],
  [/\/oauth2PermissionGrants/, "Directory.Read.All", "DelegatedPermissionGrant.ReadWrite.All"],
  [/\/groups/, "Group.Read.All", "Group.ReadWrite.All"],
  [/\/(applications|servicePrincipals|applicationTemplates)/, "Application.Read.All", "Application.ReadWrite.All"],
  [/\/domains/, "Domain.Read.All", "Domain.ReadWrite.All"],
];

/** Returns the application permission that a call needs, for the error message when Graph rejects it. */
export function permissionFor(method: string, path: string): string {
  const [, read, write] = permissions.find(([pattern]) => pattern.test(path)) ?? [
    undefined,
    "Directory.Read.All",
    "Directory.ReadWrite.All",
  ];
  return method === "GET" ? read : write;
}
