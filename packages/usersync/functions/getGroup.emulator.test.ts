import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startTestTenant, type TestTenant } from "entra-emulator/testing";
import { UNKNOWN_VALUE } from "../host/signatures";
import type { TestEngine, WireValue } from "../host/testing";
import { connectPlugin } from "./testing";

let tenant: TestTenant;
let engine: TestEngine;
beforeAll(async () => {
  tenant = await startTestTenant();
  engine = await connect(["GroupMember.Read.All"]);
});
afterAll(async () => {
  engine?.close();
  await tenant?.close();
});

const connect = (permissions: readonly string[]) => connectPlugin(tenant, permissions);

const find = (args: WireValue) => engine.invoke("usersync:entra:getGroup", args);
const refusal = async (args: WireValue) =>
  (await find(args)).failures.map(({ property, reason }) => `${property} ${reason}`);

describe("getGroup", () => {
  it("finds a group by name or id with one request, regardless of its size", async () => {
    const { id, displayName } = tenant.graph.state.groupByName("platform-ssh");
    await find({ objectId: id });
    for (const args of [{ displayName }, { displayName: "PLATFORM-ssh" }, { objectId: id }]) {
      const before = tenant.graph.requests.all().length;
      expect((await find(args)).result).toEqual({ objectId: id, displayName });
      expect(tenant.graph.requests.all().slice(before)).toHaveLength(1);
    }
  });

  it("accepts any name that a group can have", async () => {
    for (const displayName of ["Ada's engineers", "R&D + Ops", "50% #1 ('x') eq '", "Ingénieurs ✓"]) {
      const { id } = tenant.graph.state.createGroup({ displayName });
      expect((await find({ displayName })).result).toEqual({ objectId: id, displayName });
    }
  });

  it("rejects no match, several matches, and a group that cannot be assigned", async () => {
    expect(await refusal({ displayName: "nobody" })).toEqual(['displayName no group has the display name "nobody".']);
    const stranger = "00000000-0000-4000-8000-00000000dead";
    expect(await refusal({ objectId: stranger })).toEqual([`objectId no group has the object id "${stranger}".`]);
    const both = [...tenant.graph.state.groups.values()].filter(({ displayName }) => displayName === "operators");
    const [several] = await refusal({ displayName: "operators" });
    expect(several).toMatch(
      /^displayName 2 security groups have the display name "operators"; set the object id of one of them: /,
    );
    for (const { id } of both) expect(several).toContain(id);
    const list = tenant.graph.state.createGroup({ displayName: "list", securityEnabled: false, mailEnabled: true });
    for (const args of [{ displayName: "list" }, { objectId: list.id }])
      expect((await refusal(args))[0]).toMatch(
        /is not a security group, and Entra assigns only security groups to an application\.$/,
      );
  });

  it("ignores a distribution list of the same name", async () => {
    tenant.graph.state.createGroup({ displayName: "both", securityEnabled: false, mailEnabled: true });
    const { id } = tenant.graph.state.createGroup({ displayName: "both" });
    expect((await find({ displayName: "both" })).result).toMatchObject({ objectId: id });
  });

  it("rejects arguments that do not identify one group", async () => {
    for (const args of [{}, { displayName: "" }, { displayName: "a", objectId: "b" }])
      expect((await refusal(args))[0]).toMatch(/either displayName or objectId\.$/);
    expect(await refusal({ objectId: 1 })).toEqual(["objectId must be a string."]);
  });

  it("makes no request while the name is unknown", async () => {
    const before = tenant.graph.requests.all().length;
    const { result } = await find({ displayName: UNKNOWN_VALUE });
    expect(result).toEqual({ objectId: UNKNOWN_VALUE, displayName: UNKNOWN_VALUE });
    expect(tenant.graph.requests.all()).toHaveLength(before);
  });

  it("names the missing permission", async () => {
    const powerless = await connect(["Application.Read.All"]);
    const call = powerless.invoke("usersync:entra:getGroup", { displayName: "platform-ssh" });
    await expect(call).rejects.toThrow(/GroupMember\.Read\.All/);
    powerless.close();
  });
});

describe("findGroups", () => {
  it("returns the id of each group that exists and the reason for each other one, in order", async () => {
    const { id, displayName } = tenant.graph.state.groupByName("platform-ssh");
    const groups = [{ displayName: "nobody" }, { displayName }, { objectId: id }];
    expect((await engine.invoke("usersync:entra:findGroups", { groups })).result).toEqual({
      groups: [{ problem: 'no group has the display name "nobody".' }, { objectId: id }, { objectId: id }],
    });
  });
});
