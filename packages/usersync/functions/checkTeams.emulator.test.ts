import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startTestSmallstep, type TestSmallstep } from "@smallstep-ssh/sandbox/testing";
import { TestEngine } from "../host/testing";
import { usersync } from "../plugin";

let test: TestSmallstep;
beforeAll(async () => {
  test = await startTestSmallstep();
});
afterAll(() => test?.close());

/** Checks the two existing teams, the second with changed arguments. Returns the problems as text. */
async function problems(change: object = {}, database: object = {}): Promise<string[]> {
  const { scim, ca, team, otherTeam, directory, otherDirectory } = test.smallstep;
  const { host, port, name, deployer } = test.smallstep.database;
  const engine = await TestEngine.start(usersync({ graph: { env: {} } }));
  await engine.configure({
    database: { host, port, name, ...deployer, sslRootCert: test.authority.caFile, ...database },
  });
  const teamOf = (teamSlug: string, directoryId: string) => ({
    teamSlug,
    directoryId,
    directoryColumn: "directory_id",
    allowSharedDirectory: false,
    tenantUrl: `${scim.baseUrl}/${directoryId}/v2`,
    minimumUsers: 1,
    caUrl: ca.url,
    caRootCert: test.authority.caPem,
  });
  const teams = [teamOf(team.slug, directory.id), { ...teamOf(otherTeam.slug, otherDirectory.id), ...change }];
  const { result, failures } = await engine.invoke("usersync:smallstep:checkTeams", { teams });
  engine.close();
  expect(failures).toEqual([]);
  const found = (result as { problems: { team?: number; input: string; reason: string }[] }).problems;
  return found.map(({ team, input, reason }) => `${team ?? ""} ${input}: ${reason}`);
}

describe("checkTeams", () => {
  it("reports no problems when all teams and directories exist", async () => {
    expect(await problems()).toEqual([]);
  });

  it("reports all problems of a team together", async () => {
    const directoryId = "00000000-1111-4222-8333-444444444444";
    expect(await problems({ directoryId, teamSlug: "nobody", caUrl: "https://localhost:1" })).toEqual([
      expect.stringMatching(/^1 teamSlug: No team has the slug "nobody" \(2 teams have another one\)/),
      expect.stringMatching(/^1 directoryId: scim_logins has no directory 00000000-1111/),
      expect.stringMatching(/^1 caUrl: .*ECONNREFUSED/),
    ]);
  });

  it("reports a token that the SCIM server rejects, but does not show it", async () => {
    const [found, ...others] = await problems({ token: "canary-token" });
    expect(found).toMatch(/^1 token: the SCIM server rejects it: .*401/);
    expect(found).not.toContain("canary-token");
    expect(others).toEqual([]);
  });

  it("names the setting that selects one of two SCIM tokens", async () => {
    const { otherDirectory } = test.smallstep;
    const insert = "insert into scim_logins (directory_id, token) values ($1, 'second')";
    await test.smallstep.query(insert, [otherDirectory.id]);
    expect(await problems()).toEqual([
      `1 directoryId: Directory ${otherDirectory.id} has 2 SCIM tokens, expected exactly one: set scim.token to the right one`,
    ]);
    expect(await problems({ token: "second" })).toEqual([]);
    await test.smallstep.query("delete from scim_logins where token = 'second'");
  });

  it("reports a database problem once for all teams", async () => {
    expect(await problems({}, { password: "wrong-password" })).toEqual([
      expect.stringMatching(/^ database: .* rejected role "deployer": wrong user name or password/),
    ]);
  });
});

describe("getProvisioner", () => {
  it("returns the client of a published provisioner, and nothing for an unknown name", async () => {
    const { ca } = test.smallstep;
    const engine = await TestEngine.start(usersync({ graph: { env: {} } }));
    await engine.configure({});
    const args = { caUrl: ca.url, caRootCert: test.authority.caPem };
    const find = async (name: string) =>
      (await engine.invoke("usersync:smallstep:getProvisioner", { ...args, name })).result;
    await ca.add({ type: "OIDC", name: "azuread", clientID: "client", clientSecret: "secret" });
    expect(await find("azuread")).toMatchObject({ clientId: "client" });
    expect(await find("nobody")).toEqual({ clientSecretNames: [] });
    engine.close();
  });
});
