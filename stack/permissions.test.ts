import { describe, expect, it } from "vitest";
import { missingPermissions } from "@smallstep-ssh/usersync/clients";
import { checkStack } from "./config/teams";
import { minimalSettings } from "./testing/minimalSettings";
import { neededPermissions } from "./permissions";

const settings = (change: object = {}) => checkStack({ ...minimalSettings(), ...change });
const missing = (roles: string[], change: object = {}) =>
  missingPermissions({ roles, scopes: [] }, neededPermissions(settings(change).teams.map((team) => team.settings)));

/** The permissions that docs/security.md lists. */
const usual = {
  "Application.ReadWrite.All": "create and change the app registration and the enterprise application",
  "AppRoleAssignment.ReadWrite.All": "assign the groups to the enterprise application",
  "Synchronization.ReadWrite.All": "configure and start provisioning",
  "Group.ReadWrite.All": "create and change groups",
  "User.Read.All": "read the users of the groups, for checks.usernames and the safeguards",
};
const names = Object.keys(usual);

describe("neededPermissions", () => {
  it("requires only the documented permissions", () => {
    expect(missing(names)).toEqual([]);
  });

  it("requires no permission to write groups when all groups exist", () => {
    const roles = ["GroupMember.Read.All", ...names.filter((role) => role !== "Group.ReadWrite.All")];
    expect(missing(roles, { groups: [{ existing: { displayName: "ssh" } }] })).toEqual([]);
    expect(missing(roles)).toEqual(["Group.ReadWrite.All or Directory.ReadWrite.All, to create and change groups"]);
  });

  it("requires no permission to read users when user names are not checked", () => {
    expect(
      missing(
        names.filter((role) => role !== "User.Read.All"),
        { checks: { usernames: "off" } },
      ),
    ).toEqual([]);
  });

  it("requires the permission to consent when the stack consents for all users", () => {
    expect(missing(names, { oidc: { ...minimalSettings().oidc, adminConsent: true } })).toEqual([
      "DelegatedPermissionGrant.ReadWrite.All or Directory.ReadWrite.All, to consent for all users (oidc.adminConsent)",
    ]);
  });

  it.each(Object.entries(usual))("names the missing permission %s and its purpose", (permission, why) => {
    const found = missing(names.filter((other) => other !== permission));
    // Without Application.ReadWrite.All, the deployer also lacks the permission that it includes.
    expect(found).toHaveLength(permission === "Application.ReadWrite.All" ? 2 : 1);
    expect(found.find((one) => one.startsWith(permission))).toContain(`, to ${why}`);
  });

  it("accepts write access to owned applications together with read access to all", () => {
    const others = ["AppRoleAssignment.ReadWrite.All", "Group.ReadWrite.All", "User.Read.All"];
    expect(missing(["Application.ReadWrite.OwnedBy", "Application.Read.All", ...others])).toEqual([]);
    expect(missing(["Application.ReadWrite.OwnedBy", ...others])).toHaveLength(1);
  });

  it("requires only read permissions for a preview for reviewers", () => {
    const needed = neededPermissions(
      settings().teams.map((team) => team.settings),
      "review",
    );
    const readers = ["Application.Read.All", "Synchronization.Read.All", "GroupMember.Read.All", "User.Read.All"];
    expect(missingPermissions({ roles: readers, scopes: [] }, needed)).toEqual([]);
    for (const one of readers) {
      const found = missingPermissions({ roles: readers.filter((role) => role !== one), scopes: [] }, needed);
      expect(found).toHaveLength(1);
      expect(found[0]).toContain(one);
    }
  });
});
