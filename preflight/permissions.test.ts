import { describe, expect, it } from "vitest";
import { checkSettings } from "../config";
import { minimal } from "../config/testing";
import { missingPermissions } from "../provider/graph";
import { neededPermissions } from "./permissions";

const settings = (change: object = {}) => checkSettings({ ...minimal(), ...change });
const missing = (roles: string[], change: object = {}) =>
  missingPermissions({ roles, scopes: [] }, neededPermissions([settings(change)]));

const usual = [
  "Application.ReadWrite.All",
  "AppRoleAssignment.ReadWrite.All",
  "Synchronization.ReadWrite.All",
  "Group.ReadWrite.All",
  "User.Read.All",
];

describe("neededPermissions", () => {
  it("are those of the README", () => {
    expect(missing(usual)).toEqual([]);
  });

  it.each(usual)("names %s when it is missing", (permission) => {
    const found = missing(usual.filter((other) => other !== permission));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(permission);
  });

  it("needs no right to write groups when all are adopted", () => {
    const roles = ["GroupMember.Read.All", ...usual.filter((role) => role !== "Group.ReadWrite.All")];
    expect(missing(roles, { groups: [{ adopt: "ssh" }] })).toEqual([]);
    expect(missing(roles)).toEqual(["Group.ReadWrite.All or Group.Create or Directory.ReadWrite.All"]);
  });

  it("needs nobody's attributes when names are not checked", () => {
    const roles = usual.filter((role) => role !== "User.Read.All");
    expect(missing(roles, { checks: { usernames: "off" } })).toEqual([]);
  });

  it("needs to grant when consent is asked for", () => {
    const oidc = { ...minimal().oidc, adminConsent: true };
    expect(missing(usual, { oidc })).toEqual(["DelegatedPermissionGrant.ReadWrite.All or Directory.ReadWrite.All"]);
  });

  it("needs nothing that can write for a preview for reviewers", () => {
    const needed = neededPermissions([settings()], "review");
    const readers = ["Application.Read.All", "Synchronization.Read.All", "GroupMember.Read.All", "User.Read.All"];
    expect(missingPermissions({ roles: readers, scopes: [] }, needed)).toEqual([]);
    for (const one of readers) {
      const found = missingPermissions({ roles: readers.filter((role) => role !== one), scopes: [] }, needed);
      expect(found).toHaveLength(1);
      expect(found[0]).toContain(one);
    }
  });
});
