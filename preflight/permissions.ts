import type { Settings } from "../config";

/**
 * Application permissions of Microsoft Graph that a deployment of these teams needs: each entry is one, or several of which one is
 * enough.
 */
export function neededPermissions(
  teams: readonly Pick<Settings, "groups" | "oidc" | "checks">[],
): (string | string[])[] {
  const creates = teams.some(({ groups }) => groups.some((group) => "create" in group));
  const readMembers = ["GroupMember.Read.All", "Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All"];
  return [
    ["Application.ReadWrite.All", "Application.ReadWrite.OwnedBy"],
    "AppRoleAssignment.ReadWrite.All",
    ["Synchronization.ReadWrite.All", "Application.ReadWrite.OwnedBy"],
    ...(creates ? [["Group.ReadWrite.All", "Group.Create", "Directory.ReadWrite.All"]] : [readMembers]),
    ...(teams.every(({ checks }) => checks.usernames === "off")
      ? []
      : [["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"]]),
    ...(teams.some(({ oidc }) => oidc.adminConsent)
      ? [["DelegatedPermissionGrant.ReadWrite.All", "Directory.ReadWrite.All"]]
      : []),
  ];
}
