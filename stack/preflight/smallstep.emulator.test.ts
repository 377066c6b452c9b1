import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestSmallstep, type TestSmallstep } from "@smallstep-ssh/sandbox/testing";
import { checkStack } from "../config/teams";
import { smallstepProblems } from "./smallstep";

let test: TestSmallstep;
beforeAll(async () => {
  test = await startTestSmallstep();
});
afterAll(() => test?.close());

/** Checks the two existing teams with changed settings. */
function problems(blue: Record<string, object> = {}, top: Record<string, object> = {}): Promise<string[]> {
  const { database, scim, ca, team, otherTeam, directory, otherDirectory } = test.smallstep;
  const { host, port, name, deployer } = database;
  const stack = checkStack({
    tenantId: randomUUID(),
    oidc: { emailDomains: ["corp.com"] },
    scim: { baseUrl: scim.baseUrl, directoryId: directory.id },
    smallstep: {
      teamSlug: team.slug,
      apiHost: "api.example.com",
      authorityId: team.authorityId,
      caUrl: ca.url,
      caRootCert: test.authority.caPem,
    },
    kubernetes: { adminToolsImage: "admin-tools" },
    database: { host, port, name, ...deployer, sslRootCert: test.authority.caFile, ...top["database"] },
    teams: {
      default: {},
      blue: {
        scim: { directoryId: otherDirectory.id, ...blue["scim"] },
        smallstep: { teamSlug: otherTeam.slug, ...blue["smallstep"] },
      },
    },
  });
  return smallstepProblems(stack, () => undefined);
}

describe("smallstepProblems with several teams", () => {
  it("reports no Smallstep problems when all teams and directories exist", async () => {
    expect(await problems()).toEqual([]);
  });

  it("reports all problems of a team together, under the team's own settings", async () => {
    const unknown = "00000000-1111-4222-8333-444444444444";
    const found = await problems({
      scim: { directoryId: unknown },
      smallstep: { teamSlug: "nobody", caUrl: "https://localhost:1" },
    });
    expect(found).toEqual([
      expect.stringMatching(/^teams\.blue\.smallstep\.teamSlug: No team has the slug "nobody" \(known: acme, globex\)/),
      expect.stringMatching(/^teams\.blue\.scim\.directoryId: scim_logins has no directory 00000000-1111/),
      expect.stringMatching(/^teams\.blue\.smallstep\.caUrl: .*ECONNREFUSED/),
    ]);
  });

  it("names the setting of a token that the SCIM server rejects, but not the token", async () => {
    const [found, ...others] = await problems({ scim: { token: "canary-token" } });
    expect(found).toMatch(/^teams\.blue\.scim\.token: the SCIM server rejects it: .*401/);
    expect([found, others]).not.toContain("canary-token");
    expect(others).toEqual([]);
  });

  it("names the setting that selects one of two SCIM tokens", async () => {
    const { otherDirectory } = test.smallstep;
    const insert = "insert into scim_logins (directory_id, token) values ($1, 'second')";
    await test.smallstep.query(insert, [otherDirectory.id]);
    expect(await problems()).toEqual([
      `teams.blue.scim.directoryId: Directory ${otherDirectory.id} has 2 SCIM tokens, expected exactly one: set scim.token to the right one`,
    ]);
    expect(await problems({ scim: { token: "second" } })).toEqual([]);
    await test.smallstep.query("delete from scim_logins where token = 'second'");
  });

  it("reports a database problem once for all teams", async () => {
    const found = await problems({}, { database: { password: "wrong-password" } });
    expect(found).toEqual([
      expect.stringMatching(/^database: .* rejected role "deployer": wrong user name or password/),
    ]);
  });
});
