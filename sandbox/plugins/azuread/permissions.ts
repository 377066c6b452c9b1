/** By what a path contains, the most special first: application permissions to read, and to change. */
const permissions: readonly [RegExp, read: string, write: string][] = [
  [/\/synchronization\//, "Synchronization.ReadWrite.All", "Synchronization.ReadWrite.All"],
  [/\/appRoleAssign/, "Application.Read.All", "AppRoleAssignment.ReadWrite.All"],
  [/\/oauth2PermissionGrants/, "Directory.Read.All", "DelegatedPermissionGrant.ReadWrite.All"],
  [/\/groups/, "Group.Read.All", "Group.ReadWrite.All"],
  [/\/(applications|servicePrincipals|applicationTemplates)/, "Application.Read.All", "Application.ReadWrite.All"],
  [/\/domains/, "Domain.Read.All", "Domain.ReadWrite.All"],
];

/** The application permission that allows a call: for the message when it is refused. */
export function permissionFor(method: string, path: string): string {
  const [, read, write] = permissions.find(([pattern]) => pattern.test(path)) ?? [
    undefined,
    "Directory.Read.All",
    "Directory.ReadWrite.All",
  ];
  return method === "GET" ? read : write;
}
