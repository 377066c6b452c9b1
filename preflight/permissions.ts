import type { Settings } from "../config";

/** What is done: a deployment (and the preview of whoever deploys), or a preview for reviewers. */
export type Purpose = "deploy" | "review";

const readMembers = ["GroupMember.Read.All", "Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All"];
const readUsers = ["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];
/** Enough to preview; nothing can be changed with them. */
const reading: string[][] = [
  ["Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All"],
  ["Synchronization.Read.All", "Synchronization.ReadWrite.All"],
  readMembers,
];

/** Application permissions of Microsoft Graph that these teams need: each entry is one, or several of which one is enough. */
export function neededPermissions(
  teams: readonly Pick<Settings, "groups" | "oidc" | "checks">[],
  purpose: Purpose = "deploy",
): (string | string[])[] {
  const checked = teams.every(({ checks }) => checks.usernames === "off") ? [] : [readUsers];
  if (purpose === "review") return [...reading, ...checked];
  const creates = teams.some(({ groups }) => groups.some((group) => "create" in group));
  return [
    ["Application.ReadWrite.All", "Application.ReadWrite.OwnedBy"],
    "AppRoleAssignment.ReadWrite.All",
    ["Synchronization.ReadWrite.All", "Application.ReadWrite.OwnedBy"],
    ...(creates ? [["Group.ReadWrite.All", "Group.Create", "Directory.ReadWrite.All"]] : [readMembers]),
    ...checked,
    ...(teams.some(({ oidc }) => oidc.adminConsent)
      ? [["DelegatedPermissionGrant.ReadWrite.All", "Directory.ReadWrite.All"]]
      : []),
  ];
}
