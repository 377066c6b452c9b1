import type { Settings } from "../config";
import type { NeededPermission } from "../provider/graph";

/**
 * Application permissions of Microsoft Graph that a deployment of these teams needs, and what for. docs/security.md lists them; the sandbox deploys
 * with just these.
 */
export function neededPermissions(teams: readonly Pick<Settings, "groups" | "oidc" | "checks">[]): NeededPermission[] {
  const creates = teams.some(({ groups }) => groups.some((group) => "create" in group));
  return [
    {
      anyOf: ["Application.ReadWrite.All", "Application.ReadWrite.OwnedBy"],
      why: "to make and change the app registration and the enterprise application",
    },
    {
      anyOf: ["AppRoleAssignment.ReadWrite.All"],
      why: "to assign the groups to the enterprise application",
    },
    {
      // Graph asks for this one besides; who has the first of all has it.
      anyOf: ["Application.ReadWrite.All", "Application.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"],
      why: "to read applications when groups are assigned to them",
    },
    {
      anyOf: ["Synchronization.ReadWrite.All", "Application.ReadWrite.OwnedBy"],
      why: "to configure and start provisioning",
    },
    creates
      ? { anyOf: ["Group.ReadWrite.All", "Directory.ReadWrite.All"], why: "to make and change groups" }
      : {
          anyOf: ["GroupMember.Read.All", "Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All"],
          why: "to find adopted groups and their members",
        },
    ...(teams.every(({ checks }) => checks.usernames === "off")
      ? []
      : [
          {
            anyOf: ["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
            why: "to read the people of the groups, for checks.usernames and the guards",
          },
        ]),
    ...(teams.some(({ oidc }) => oidc.adminConsent)
      ? [
          {
            anyOf: ["DelegatedPermissionGrant.ReadWrite.All", "Directory.ReadWrite.All"],
            why: "to consent for everybody (oidc.adminConsent)",
          },
        ]
      : []),
  ];
}
