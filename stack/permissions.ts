import type { Settings } from "./config/schema";

/** Required permission, or alternatives of which one is enough. */
interface NeededPermission {
  anyOf: string[];
  /** Purpose that completes "lacks the permission X, ". */
  why: string;
}

/** The operation: a deployment (including the preview of the user who deploys), or a preview for reviewers. */
export type Purpose = "deploy" | "review";

const readMembers: NeededPermission = {
  anyOf: ["GroupMember.Read.All", "Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All"],
  why: "to find existing groups and their members",
};
const readUsers: NeededPermission = {
  anyOf: ["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
  why: "to read the users of the groups, for checks.usernames and the safeguards",
};
/** Read-only permissions that a preview needs. */
const reading: NeededPermission[] = [
  {
    anyOf: ["Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All"],
    why: "to read the app registration and the enterprise application",
  },
  {
    anyOf: ["Synchronization.Read.All", "Synchronization.ReadWrite.All"],
    why: "to read the provisioning configuration",
  },
  readMembers,
];

/**
 * Returns the application permissions of Microsoft Graph that these teams need, and the reason for each. docs/security.md lists those
 * of a deployment. The sandbox deploys with exactly these.
 */
export function neededPermissions(
  teams: readonly Pick<Settings, "groups" | "oidc" | "checks">[],
  purpose: Purpose = "deploy",
): NeededPermission[] {
  const checked = teams.every(({ checks }) => checks.usernames === "off") ? [] : [readUsers];
  if (purpose === "review") return [...reading, ...checked];
  const creates = teams.some(({ groups }) => groups.some((group) => "create" in group));
  return [
    {
      anyOf: ["Application.ReadWrite.All", "Application.ReadWrite.OwnedBy"],
      why: "to create and change the app registration and the enterprise application",
    },
    {
      anyOf: ["AppRoleAssignment.ReadWrite.All"],
      why: "to assign the groups to the enterprise application",
    },
    {
      // Graph also requires one of these. The first permission of this list includes it.
      anyOf: ["Application.ReadWrite.All", "Application.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"],
      why: "to read applications when groups are assigned to them",
    },
    {
      anyOf: ["Synchronization.ReadWrite.All", "Application.ReadWrite.OwnedBy"],
      why: "to configure and start provisioning",
    },
    creates
      ? { anyOf: ["Group.ReadWrite.All", "Directory.ReadWrite.All"], why: "to create and change groups" }
      : readMembers,
    ...checked,
    ...(teams.some(({ oidc }) => oidc.adminConsent)
      ? [
          {
            anyOf: ["DelegatedPermissionGrant.ReadWrite.All", "Directory.ReadWrite.All"],
            why: "to consent for all users (oidc.adminConsent)",
          },
        ]
      : []),
  ];
}
