import { describe, expect, it } from "vitest";
import { documented, performOnEachType, useDeployedStack } from "./operations/fixture";
import { configure, forget, lowerSecretVersion, taint } from "./operations/matrix";

describe("operations on a deployed stack, with the real engine", () => {
  const fixture = useDeployedStack("operations");

  it(
    "replaces, or removes from the state, one resource of each type as documented",
    { timeout: 1_800_000 },
    async () => {
      const { stack } = fixture;
      const { rows, defects } = await performOnEachType(fixture, {
        taint: (_, resource) => taint(stack, resource),
        "state delete": (_, resource) => forget(stack, resource),
      });
      expect(defects).toEqual([]);
      expect(rows).toEqual(documented(1, 2));
    },
  );

  it("refuses to delete the client secret that the CA publishes", { timeout: 240_000 }, async () => {
    expect(await lowerSecretVersion(fixture.stack)).toMatch(
      /clientSecretVersion: is 1, but the CA's provisioner "azuread" has client secret 2, which would be deleted: set it back to 2/,
    );
  });

  it("keeps names and logins when display names change", { timeout: 240_000 }, async () => {
    const { defects } = await configure(fixture.stack, {
      "oidc.displayName": "Smallstep login",
      "scim.displayName": "Smallstep provisioning",
    });
    expect(defects).toEqual([]);
  });

  it(
    "reports that another name of a created group deletes the group with its members",
    { timeout: 240_000 },
    async () => {
      const { stack } = fixture;
      const { engine, graph } = stack.environment;
      const [ada] = graph.state.members.targets(graph.state.groupByName("ssh").id);
      await stack.graph("DELETE", `/groups/${graph.state.groupByName("platform-ssh").id}/members/${ada}/$ref`);
      await stack.set({ "groups[0].create": "ssh-users", "safeguards.maxLockedOutPercent": "0" });
      const { code, output } = await engine.preview();
      expect(output).toMatch(/no longer assigned: ssh \(.*it is deleted with its members/s);
      expect(code).not.toBe(0);
    },
  );

  it(
    "refuses another team, because the users of the deployed one would lose access",
    { timeout: 240_000 },
    async () => {
      const { stack } = fixture;
      const { engine, smallstep } = stack.environment;
      await stack.set({
        "smallstep.teamSlug": smallstep.otherTeam.slug,
        "scim.directoryId": smallstep.otherDirectory.id,
      });
      const refused = await engine.preview();
      expect(refused.code).not.toBe(0);
      expect(refused.output).toMatch(/gives the team another slug.* add "acme" to allowTeamRemoval/s);
    },
  );

  it("creates another database role when the stack is renamed", { timeout: 240_000 }, async () => {
    const { stack } = fixture;
    const { engine } = stack.environment;
    stack.succeeded(await engine.command("stack", "rename", "renamed", "--stack", "dev"));
    engine.stackName = "renamed";
    stack.succeeded(await engine.up());
    expect(await stack.defects()).toEqual([]);
    expect((await engine.preview("--refresh", "--expect-no-changes")).code).toBe(0);
  });
});
