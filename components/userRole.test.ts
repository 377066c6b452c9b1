import { describe, expect, it } from "vitest";
import { findUserAppRoleId } from "./userRole";

const user = { id: "u", displayName: "User", enabled: true, allowedMemberTypes: ["User"] };
const msiam = { id: "m", displayName: "msiam_access", enabled: true, allowedMemberTypes: ["User"] };

describe("findUserAppRoleId", () => {
  it("finds the app role named User regardless of its position", () => {
    expect(findUserAppRoleId([msiam, user])).toBe("u");
  });

  it.each([
    ["disabled", { ...user, enabled: false }],
    ["for applications only", { ...user, allowedMemberTypes: ["Application"] }],
  ])("rejects a User role that is %s and lists the existing roles", (_, role) => {
    expect(() => findUserAppRoleId([role, msiam])).toThrow(
      'The enterprise app has no enabled role "User" for users and groups (roles: User, msiam_access).',
    );
  });

  it("reports that the enterprise app has no roles", () => {
    expect(() => findUserAppRoleId([])).toThrow("(roles: none)");
  });
});
