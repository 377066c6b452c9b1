import { describe, expect, it } from "vitest";
import { findUserAppRoleId } from "./userRole";

const user = { id: "u", displayName: "User", enabled: true, allowedMemberTypes: ["User"] };
const msiam = { id: "m", displayName: "msiam_access", enabled: true, allowedMemberTypes: ["User"] };

describe("findUserAppRoleId", () => {
  it("picks the role named User, wherever it stands", () => {
    expect(findUserAppRoleId([msiam, user])).toBe("u");
  });

  it.each([
    ["disabled", { ...user, enabled: false }],
    ["for applications only", { ...user, allowedMemberTypes: ["Application"] }],
  ])("refuses one that is %s, naming what there is", (_, role) => {
    expect(() => findUserAppRoleId([role, msiam])).toThrow(
      'The enterprise app has no enabled role "User" for users and groups (roles: User, msiam_access).',
    );
  });

  it("says so when there are no roles", () => {
    expect(() => findUserAppRoleId([])).toThrow("(roles: none)");
  });
});
