import { readFileSync } from "node:fs";
import { join } from "node:path";

import {
  CheckRequest,
  GetSchemaRequest,
  type CheckResponse,
  type GetSchemaResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startTestTenant } from "entra-emulator/testing";
import { type WireValue, TestEngine, struct } from "./host/testing";
import { usersync } from "./plugin";
import { version } from "./version";

const plugin = usersync();
const job = "/servicePrincipals/11111111-2222-4333-8444-555555555555/synchronization/jobs/scim.1.2";

describe("the plugin", () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await TestEngine.start(plugin);
  });
  afterAll(() => engine.close());

  const checkConfig = async (settings: WireValue) => {
    const request = new CheckRequest();
    request.setNews(struct(settings));
    const response = await engine.call<CheckResponse>((done) => engine.raw.checkConfig(request, done));
    return {
      inputs: response.getInputs()?.toJavaScript(),
      failures: response.getFailuresList().map((failure) => `${failure.getProperty()}: ${failure.getReason()}`),
    };
  };

  it("reports the version of package.json", () => {
    const text = readFileSync(join(__dirname, "package.json"), "utf8");
    expect((JSON.parse(text) as { version: string }).version).toBe(version);
  });

  it("returns a schema that contains all resources, functions and types", async () => {
    const response = await engine.call<GetSchemaResponse>((done) => engine.raw.getSchema(new GetSchemaRequest(), done));
    const schema = JSON.parse(response.getSchema()) as Record<"resources" | "functions" | "types", object>;
    expect(Object.keys(schema.resources).sort()).toEqual(Object.keys(plugin.resources).sort());
    expect(Object.keys(schema.functions).sort()).toEqual(Object.keys(plugin.functions ?? {}).sort());
    const references = [...response.getSchema().matchAll(/#\/types\/([^"]+)/g)].map(([, name]) => name);
    expect([...new Set(references)].sort()).toEqual(Object.keys(schema.types).sort());
  });

  it("reports all setting errors together and accepts stack configuration as text", async () => {
    const database = { host: "db", username: "u", password: "p", port: 5433 };
    expect(await checkConfig({ useOidc: "true", database: JSON.stringify(database) })).toEqual({
      inputs: { useOidc: true, database },
      failures: [],
    });
    const { failures } = await checkConfig({
      tenantId: "x",
      database: { host: "", username: "u", port: 0, sslmode: "no", pass: 1 },
    });
    expect(failures).toEqual([
      'tenantId: "x" is neither a GUID nor a domain of a tenant.',
      "database.host: must not be empty.",
      "database.port: must be a whole number from 1 to 65535.",
      "database.password: is required.",
      "database.sslmode: must be one of disable, require, verify-ca, verify-full.",
      "database.pass: is not a property here; allowed are host, port, name, username, password, sslmode, sslRootCert.",
    ]);
  });

  it("reports missing credentials only when Graph is called", async () => {
    const apart = await TestEngine.start(usersync({ graph: { env: {} } }));
    await apart.configure({ useCli: false });
    const mappings = { userName: { source: "mail", matchingPriority: 1 } };
    expect((await apart.check("usersync:entra:AttributeMappings", { jobId: job, mappings })).failures).toEqual([]);
    await expect(apart.read("usersync:entra:Provisioning", job)).rejects.toThrow(
      /clientSecret: no credentials are set: set clientSecret, useOidc, useMsi or useCli/,
    );
    apart.close();
  });

  it("redacts credentials and tokens from any error that Graph returns", async () => {
    const tenant = await startTestTenant();
    const { graph } = tenant;
    const { clientId, clientSecret } = graph.deployer;
    const env = {
      ARM_TENANT_ID: graph.tenantId,
      ARM_CLIENT_ID: clientId,
      ARM_CLIENT_SECRET: clientSecret,
      ARM_METADATA_HOSTNAME: graph.metadataHost,
    };
    const apart = await TestEngine.start(usersync({ graph: { env, trust: tenant.authority.caPem } }));
    await apart.configure({});
    await apart.read("usersync:entra:Provisioning", job);
    const token = graph.state.accessTokens.at(-1)!;
    const message = `The token ${token} of ${clientSecret} is not welcome.`;
    graph.faults.inject({ path: new RegExp("/jobs/") }, { kind: "error", status: 400, code: "No", message });
    await expect(apart.read("usersync:entra:Provisioning", job)).rejects.toThrow(
      "The token [secret] of [secret] is not welcome",
    );
    apart.close();
    await tenant.close();
  });
});
