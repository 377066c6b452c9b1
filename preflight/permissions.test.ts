import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkStack } from "../config";
import { minimalSettings } from "../config/testing";
import { missingPermissions } from "../provider/graph";
import { startTestTenant, type TestTenant } from "../sandbox/graph/testing";
import { graphProblems } from "./graph";
import { neededPermissions } from "./permissions";

const settings = (change: object = {}) => checkStack({ ...minimalSettings(), ...change });
const missing = (roles: string[], change: object = {}) =>
  missingPermissions({ roles, scopes: [] }, neededPermissions(settings(change).teams.map((team) => team.settings)));

/** As docs/security.md lists them. */
const usual = {
  "Application.ReadWrite.All": "make and change the app registration and the enterprise application",
  "AppRoleAssignment.ReadWrite.All": "assign the groups to the enterprise application",
  "Synchronization.ReadWrite.All": "configure and start provisioning",
  "Group.ReadWrite.All": "make and change groups",
  "User.Read.All": "read the people of the groups, for checks.usernames and the safeguards",
};
const names = Object.keys(usual);
const consent = "DelegatedPermissionGrant.ReadWrite.All";
const consenting = { oidc: { ...minimalSettings().oidc, adminConsent: true } };

describe("neededPermissions", () => {
  it("are those of the documentation", () => {
    expect(missing(names)).toEqual([]);
  });

  it("needs no right to write groups when all exist", () => {
    const roles = ["GroupMember.Read.All", ...names.filter((role) => role !== "Group.ReadWrite.All")];
    expect(missing(roles, { groups: [{ existing: { displayName: "ssh" } }] })).toEqual([]);
    expect(missing(roles)).toEqual(["Group.ReadWrite.All or Directory.ReadWrite.All, to make and change groups"]);
  });

  it("needs nobody's attributes when names are not checked", () => {
    expect(
      missing(
        names.filter((role) => role !== "User.Read.All"),
        { checks: { usernames: "off" } },
      ),
    ).toEqual([]);
  });

  it("is content with the applications that the deployer owns, when it may read the others", () => {
    const others = ["AppRoleAssignment.ReadWrite.All", "Group.ReadWrite.All", "User.Read.All"];
    expect(missing(["Application.ReadWrite.OwnedBy", "Application.Read.All", ...others])).toEqual([]);
    expect(missing(["Application.ReadWrite.OwnedBy", ...others])).toHaveLength(1);
  });
});

describe("a deployer that lacks one, against the emulator", () => {
  let tenant: TestTenant;
  beforeAll(async () => {
    tenant = await startTestTenant();
  });
  afterAll(() => tenant.close());

  async function problems(permissions: string[], change: object = {}): Promise<string[]> {
    const { clientId, clientSecret } = tenant.graph.addClient({ permissions });
    const { metadataHost, tenantId } = tenant.graph;
    const given = { clientId, clientSecret, metadataHost };
    return graphProblems(settings({ tenantId, ...change }), given, { trust: tenant.authority.caPem, env: {} });
  }

  it("is told nothing when it has them all", async () => {
    expect(await problems(names)).toEqual([]);
    expect(await problems([...names, consent], consenting)).toEqual([]);
  });

  it.each(Object.entries({ ...usual, [consent]: "consent for everybody (oidc.adminConsent)" }))(
    "is told of %s, and what it is for",
    async (permission, why) => {
      const others = [...names, consent].filter((other) => other !== permission);
      const found = await problems(others, consenting);
      const line = found.find((one) => one.includes(` lacks the application permission ${permission}`));
      expect(line).toMatch(/^Microsoft Graph: the application [0-9a-f-]{36} lacks the application permission /);
      expect(line).toContain(`, to ${why}: add it, with admin consent`);
      // Who has not the first has not what it includes either.
      expect(found).toHaveLength(permission === "Application.ReadWrite.All" ? 2 : 1);
    },
  );

  it("is told of all that it lacks at once", async () => {
    expect(await problems([])).toHaveLength(6);
  });

  it("needs nothing that can write for a preview for reviewers", () => {
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
