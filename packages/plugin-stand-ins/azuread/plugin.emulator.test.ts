import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

import { CheckRequest, type CheckResponse } from "@pulumi/pulumi/proto/provider_pb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { TestEngine, struct, type WireValue } from "@smallstep-ssh/usersync/testing";
import { startTestTenant, type TestTenant } from "entra-emulator/testing";
import { version } from "@pulumi/azuread/package.json";
import { azuread } from "./plugin";
import { connect } from "./testing";

const root = path.join(__dirname, "../../..");

describe("azuread stand-in", () => {
  it("implements every azuread resource type and function that the stack uses", () => {
    const { resources, functions } = azuread();
    const known = [...Object.keys(resources), ...Object.keys(functions ?? {})];
    const used = sources(path.join(root, "components"))
      .concat(sources(root, false))
      .flatMap((text) => [...text.matchAll(/\bazuread\s*\.(?:(get\w+?)(?:Output)?|([A-Z]\w+))\s*\(/g)])
      .map(([, called, made]) => called ?? made ?? "");
    expect(used.length).toBeGreaterThan(5);
    for (const name of new Set(used)) {
      const file = name.charAt(0).toLowerCase() + name.slice(1);
      expect(known).toContain(`azuread:index/${file}:${name}`);
      const sdk = readFileSync(path.join(root, `node_modules/@pulumi/azuread/${file}.js`), "utf8");
      expect(sdk).toContain(`azuread:index/${file}:${name}`);
    }
  });

  it("accepts the official azuread settings and rejects invalid ones", async () => {
    const engine = await TestEngine.start(azuread({ graph: { env: {} } }));
    const check = async (settings: WireValue) => {
      const request = new CheckRequest();
      request.setNews(struct(settings));
      const response = await engine.call<CheckResponse>((done) => engine.raw.checkConfig(request, done));
      return response.getFailuresList().map((one) => `${one.getProperty()}: ${one.getReason()}`);
    };
    const good = { environment: "public", useMsi: "false", useOidc: "true", disableTerraformPartnerId: "true" };
    expect(await check({ ...good, metadataHost: "localhost:4001", version })).toEqual([]);
    expect(await check({ useCli: "perhaps", tenantId: "x y" })).toEqual([
      'tenantId: "x y" is neither a GUID nor a domain of a tenant.',
      "useCli: must be true or false.",
    ]);
    engine.close();
  });
});

describe("azuread stand-in functions", () => {
  let tenant: TestTenant;
  let engine: TestEngine;
  beforeAll(async () => {
    tenant = await startTestTenant();
    engine = await connect(tenant);
  });
  afterAll(async () => {
    engine.close();
    await tenant.close();
  });
  const getGroup = (args: WireValue) => engine.invoke("azuread:index/getGroup:getGroup", args);
  const getServicePrincipal = (args: WireValue) =>
    engine.invoke("azuread:index/getServicePrincipal:getServicePrincipal", args);

  it("returns the caller from getClientConfig with explicit settings and with environment variables", async () => {
    const { deployer, tenantId, metadataHost } = tenant.graph;
    const token = "azuread:index/getClientConfig:getClientConfig";
    const expected = { tenantId, objectId: deployer.objectId };
    expect((await engine.invoke(token, {})).result).toMatchObject(expected);
    const env = {
      ARM_TENANT_ID: tenantId,
      ARM_CLIENT_ID: deployer.clientId,
      ARM_CLIENT_SECRET: deployer.clientSecret,
      ARM_METADATA_HOSTNAME: metadataHost,
    };
    const apart = await TestEngine.start(azuread({ graph: { env, trust: tenant.authority.caPem } }));
    await apart.configure({});
    expect((await apart.invoke(token, {})).result).toMatchObject({ ...expected, clientId: deployer.clientId });
    apart.close();
  });

  it("finds a group with getGroup by name or id and rejects a missing or ambiguous one", async () => {
    const { id, displayName } = tenant.graph.state.groupByName("platform-ssh");
    const { result } = await getGroup({ displayName, securityEnabled: true });
    expect(result).toMatchObject({ id: `/groups/${id}`, objectId: id, displayName, securityEnabled: true });
    expect((await getGroup({ objectId: id })).result).toEqual(result);
    await expect(getGroup({ displayName: "operators" })).rejects.toThrow(/several objects have the displayName/);
    await expect(getGroup({ displayName: "nobody" })).rejects.toThrow(/no object has the displayName "nobody"/);
    await expect(getGroup({ objectId: tenant.graph.tenantId })).rejects.toThrow(/there is no object/);
    expect((await getGroup({})).failures).toHaveLength(1);
  });

  it("finds a service principal with getServicePrincipal by client id or object id, including roles without a value", async () => {
    const { servicePrincipalId } = await tenant.enterpriseApp("an enterprise app");
    const { result } = await getServicePrincipal({ objectId: servicePrincipalId });
    expect(result).toMatchObject({ objectId: servicePrincipalId, appRoleAssignmentRequired: true, appRoleIds: {} });
    expect(result["appRoles"]).toMatchObject([
      { displayName: "User", enabled: true, value: "" },
      { displayName: "msiam_access" },
    ]);
    expect((await getServicePrincipal({ clientId: result["clientId"] })).result).toEqual(result);
    await expect(getServicePrincipal({ clientId: servicePrincipalId })).rejects.toThrow(/no object has the clientId/);
    expect((await getServicePrincipal({})).failures).toHaveLength(1);
  });
});

function sources(dir: string, recursive = true): string[] {
  return readdirSync(dir, { withFileTypes: true, recursive })
    .filter((entry) => entry.isFile() && /(?<!\.test)\.ts$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((file) => readFileSync(file, "utf8"));
}
