import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startGraph, type GraphEmulator } from "entra-emulator";
import { startTestSmallstep, type TestSmallstep } from "../smallstep/testing";
import { followQuickstart } from "./followQuickstart";

describe("followQuickstart", () => {
  let test: TestSmallstep;
  let graph: GraphEmulator;
  beforeAll(async () => {
    test = await startTestSmallstep();
    graph = await startGraph({ authority: test.authority });
  });
  afterAll(async () => {
    await graph?.close();
    await test?.close();
  });

  it("provisions users, registers the provisioner and switches the team despite common quickstart mistakes", async () => {
    const { smallstep, authority } = test;
    const made = await followQuickstart(
      { graph, smallstep, authority },
      {
        extraMappings: true,
        zeroIdAssignment: true,
        driftedTags: true,
        portalPermissions: true,
        noServicePrincipal: true,
        noListenAddress: true,
        everyTeam: true,
      },
    );
    expect(made.userNames).toContain("bill.gates");
    expect(made.userNames.filter((name) => /[@A-Z]/.test(name))).toEqual([]);
    const published = (await smallstep.ca.provisioners()).find(({ name }) => name === "azuread");
    expect(published).toMatchObject({ clientID: made.application.clientId, domains: ["corp.com"] });
    expect(published).not.toHaveProperty("listenAddress");
    const teams = await smallstep.query("select ssh_directory_id as id from teams");
    expect(teams).toEqual([{ id: smallstep.directory.id }, { id: smallstep.directory.id }]);
  });
});
