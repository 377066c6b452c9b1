import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { presets } from "entra-mappings";
import { type TestTenant, startTestTenant } from "entra-emulator/testing";
import { SECRET, SIGNATURE, UNKNOWN_VALUE } from "../host/signatures";
import { type WireValue, TestEngine } from "../host/testing";
import { usersync } from "../plugin";

const MAPPINGS = "usersync:entra:AttributeMappings";
const PROVISIONING = "usersync:entra:Provisioning";
const CONNECTION_TEST = "usersync:entra:ConnectionTest";
const TOKEN = "the-scim-token-0123456789";
const secret = (value: unknown) => ({ [SIGNATURE]: SECRET, value });
const retryDelays = { visibilityDelays: [5, 5, 5], start: [5, 5, 5] };
const upn = presets["upn-local-part"].expression;
const quickstart = {
  userName: { expression: upn, matchingPriority: 1 },
  active: { expression: "Not( [IsSoftDeleted] )" },
  displayName: { source: "displayName" },
  'emails[type eq "work"].value': { source: "mail" },
  "name.givenName": { source: "givenName" },
  "name.familyName": { source: "surname" },
};

let tenant: TestTenant;
let scim: Server;
let tenantUrl: string;
let accepted = true;

beforeAll(async () => {
  tenant = await startTestTenant();
  scim = createServer(await tenant.authority.issue(), (request, response) => {
    const known = accepted && request.headers.authorization === `Bearer ${TOKEN}`;
    response.writeHead(known ? 200 : 401, { "content-type": "application/scim+json" });
    response.end(JSON.stringify({ totalResults: 0, Resources: [] }));
  });
  await new Promise<void>((resolve) => scim.listen(0, "127.0.0.1", resolve));
  tenantUrl = `https://localhost:${(scim.address() as AddressInfo).port}/directory/v2`;
});
afterAll(async () => {
  scim.closeAllConnections();
  scim.close();
  await tenant.close();
});

let engine: TestEngine;
let jobId: string;

async function connect(credentials = tenant.graph.deployer): Promise<TestEngine> {
  const { caPem } = tenant.authority;
  const times = { firstMs: 1, maxRetryAfterMs: 2000, requestMs: 20_000 };
  const side = await TestEngine.start(usersync({ graph: { trust: caPem, times, env: {} }, retryDelays }));
  const { clientId, clientSecret } = credentials;
  const { metadataHost, tenantId } = tenant.graph;
  await side.configure({ tenantId, clientId, clientSecret: secret(clientSecret), metadataHost });
  return side;
}

async function newJob(): Promise<string> {
  const { servicePrincipalId } = await tenant.enterpriseApp();
  const path = `/servicePrincipals/${servicePrincipalId}/synchronization`;
  const { body } = await tenant.client.post(`/v1.0${path}/jobs`, { templateId: "scim" });
  return `${path}/jobs/${String(body.id)}`;
}

beforeEach(async () => {
  tenant.graph.faults.clear();
  accepted = true;
  engine = await connect();
  jobId = await newJob();
  tenant.graph.requests.clear();
  return () => engine.close();
});

const schemaNow = async () => (await tenant.client.get(`/v1.0${jobId}/schema`)).body;
const jobNow = async () => (await tenant.client.get(`/v1.0${jobId}`)).body;
const userMappings = (schema: {
  synchronizationRules: { objectMappings: { sourceObjectName: string; attributeMappings: WireValue[] }[] }[];
}) =>
  schema.synchronizationRules
    .flatMap((rule) => rule.objectMappings)
    .filter((object) => object.sourceObjectName === "User")
    .flatMap((object) => object.attributeMappings);
const changesMade = () =>
  tenant.graph.requests
    .all()
    .filter(({ method, path }) => method !== "GET" && path.startsWith("/v1.0"))
    .map(({ method, path }) => `${method} ${path.split("/").slice(6).join("/")}`);
const failure = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => expect.fail("should have failed"),
    (error: { details: string }) => error.details,
  );

describe("AttributeMappings", () => {
  const checked = async (inputs: WireValue): Promise<WireValue> => {
    const { inputs: news, failures } = await engine.check(MAPPINGS, { jobId, ...inputs });
    expect(failures).toEqual([]);
    return news;
  };

  it("keeps the mappings of a running job when the resource is deleted", async () => {
    const inputs = await checked({ mappings: quickstart });
    const { id, outputs } = await engine.create(MAPPINGS, inputs);
    await tenant.client.put(`/v1.0${jobId.replace(/\/jobs.*/, "")}/secrets`, {
      value: [
        { key: "BaseAddress", value: tenantUrl },
        { key: "SecretToken", value: TOKEN },
      ],
    });
    await tenant.client.post(`/v1.0${jobId}/start`);
    const before = await schemaNow();
    await engine.delete(MAPPINGS, id, inputs, outputs);
    expect(await schemaNow()).toEqual(before);
  });

  it("supports create, read, diff, update and delete, and restores the template schema", async () => {
    const template = await schemaNow();
    const inputs = await checked({ mappings: quickstart });
    const { id, outputs } = await engine.create(MAPPINGS, inputs);
    expect(id).toBe(jobId);
    expect(outputs).toEqual({
      ...inputs,
      declaredMappings: inputs["mappings"],
      schemaVersion: (await schemaNow()).version,
      previousVersion: template.version,
    });

    const after = await schemaNow();
    expect(
      userMappings(after)
        .map((one) => [one["targetAttributeName"], one["matchingPriority"]])
        .sort(),
    ).toEqual([
      ["active", 0],
      ["displayName", 0],
      ['emails[type eq "work"].value', 0],
      ["name.familyName", 0],
      ["name.givenName", 0],
      ["userName", 1],
    ]);
    const untouched = (schema: object) =>
      JSON.stringify({ ...schema, version: "" }, (key, value: unknown) =>
        key === "attributeMappings" && JSON.stringify(value).includes("userName") ? "-" : value,
      );
    expect(untouched(after)).toBe(untouched(template));

    // Read returns the program's spelling, although the service normalizes it.
    expect(await engine.read(MAPPINGS, id, inputs, outputs)).toEqual({ id, inputs, outputs });
    expect(userMappings(after).find((one) => one["targetAttributeName"] === "active")?.["source"]).toMatchObject({
      expression: "Not([IsSoftDeleted])",
    });
    const respaced = await checked({ mappings: { ...quickstart, active: { expression: "Not([IsSoftDeleted])" } } });
    expect((await engine.diff(MAPPINGS, id, inputs, outputs, respaced)).changes).toBe("none");

    const news = await checked({
      mappings: {
        ...quickstart,
        userName: { expression: presets["local-part-without-dots"].expression, matchingPriority: 1 },
        title: { constant: "x" },
      },
    });
    const diff = await engine.diff(MAPPINGS, id, inputs, outputs, news);
    expect(diff.detailed).toEqual({
      "mappings.userName.expression": { kind: 4, inputDiff: true },
      "mappings.title": { kind: 0, inputDiff: true },
    });
    expect(diff.replaces).toEqual([]);
    const updated = await engine.update(MAPPINGS, id, inputs, outputs, news);
    expect(updated["previousVersion"]).toBe(outputs["schemaVersion"]);
    expect(userMappings(await schemaNow())).toHaveLength(7);

    await engine.delete(MAPPINGS, id, news, updated);
    expect({ ...(await schemaNow()), version: "" }).toEqual({ ...template, version: "" });
  });

  it("writes no schema when all mappings are as wanted", async () => {
    const inputs = await checked({ mappings: quickstart });
    await engine.create(MAPPINGS, inputs);
    tenant.graph.requests.clear();
    const { outputs } = await engine.create(MAPPINGS, inputs);
    expect(outputs["schemaVersion"]).toBe(outputs["previousVersion"]);
    expect(changesMade()).toEqual([]);
  });

  it("reports a change made in the portal as inputs and repairs it", async () => {
    const inputs = await checked({ mappings: quickstart });
    const { id, outputs } = await engine.create(MAPPINGS, inputs);
    const schema = await schemaNow();
    const mappings = userMappings(schema);
    const portal = { type: "Attribute", name: "userPrincipalName", expression: "[userPrincipalName]", parameters: [] };
    Object.assign(mappings.find((one) => one["targetAttributeName"] === "userName") ?? {}, { source: portal });
    Object.assign(mappings.find((one) => one["targetAttributeName"] === "displayName") ?? {}, {
      targetAttributeName: "nickName",
    });
    await tenant.client.put(`/v1.0${jobId}/schema`, schema);

    const read = await engine.read(MAPPINGS, id, inputs, outputs);
    expect(read.inputs["mappings"]).toEqual({
      active: quickstart.active,
      'emails[type eq "work"].value': { source: "mail" },
      "name.givenName": { source: "givenName" },
      "name.familyName": { source: "surname" },
      userName: { source: "userPrincipalName", matchingPriority: 1 },
      nickName: { source: "displayName" },
    });
    const diff = await engine.diff(MAPPINGS, id, read.inputs, read.outputs, inputs);
    expect(Object.keys(diff.detailed).sort()).toEqual([
      "mappings.displayName",
      "mappings.nickName",
      "mappings.userName.expression",
      "mappings.userName.source",
    ]);
    await engine.update(MAPPINGS, id, read.inputs, read.outputs, inputs);
    expect((await engine.read(MAPPINGS, id, inputs, outputs)).inputs).toEqual(inputs);
  });

  it("keeps and ignores other mappings when exclusive is false", async () => {
    const before = userMappings(await schemaNow());
    const inputs = await checked({ mappings: { active: quickstart.active }, exclusive: false });
    const { id, outputs } = await engine.create(MAPPINGS, inputs);
    expect(userMappings(await schemaNow())).toHaveLength(before.length);
    expect((await engine.read(MAPPINGS, id, inputs, outputs)).inputs).toEqual(inputs);
  });

  it("imports mappings by the job's id without a diff", async () => {
    await engine.create(MAPPINGS, await checked({ mappings: quickstart }));
    tenant.graph.requests.clear();
    const { id, inputs, outputs } = await engine.read(MAPPINGS, jobId);
    expect(id).toBe(jobId);
    expect(await checked(inputs)).toEqual(inputs);
    const program = await checked({ mappings: quickstart });
    expect((await engine.diff(MAPPINGS, id, inputs, outputs, program)).changes).toBe("none");
    expect(changesMade()).toEqual([]);
    expect(await failure(engine.read(MAPPINGS, "scim.1"))).toMatch(/^jobId: "scim.1" is not of the form/);
  });

  it("imports every mapping of the template as valid inputs", async () => {
    const { inputs } = await engine.read(MAPPINGS, jobId);
    expect(Object.keys(inputs["mappings"] as WireValue).length).toBe(userMappings(await schemaNow()).length);
    await checked(inputs);
    await engine.create(MAPPINGS, inputs);
    expect(changesMade()).toEqual([]);
  });

  it("previews mappings without a change, also for an unknown job", async () => {
    const inputs = await checked({ mappings: quickstart });
    const declaredMappings = inputs["mappings"] ?? null;
    const unknown = { declaredMappings, schemaVersion: UNKNOWN_VALUE, previousVersion: UNKNOWN_VALUE };
    expect((await engine.create(MAPPINGS, inputs, { preview: true })).outputs).toEqual({ ...inputs, ...unknown });
    const later = await checked({ jobId: UNKNOWN_VALUE, mappings: quickstart });
    expect((await engine.create(MAPPINGS, later, { preview: true })).outputs).toEqual({ ...later, ...unknown });
    const replaced = await engine.diff(MAPPINGS, jobId, inputs, {}, later);
    expect(replaced.replaces).toEqual(["jobId"]);
    expect(changesMade()).toEqual([]);
  });

  it("rejects unknown attribute names in the preview", async () => {
    const inputs = await checked({ mappings: { ...quickstart, userNaem: { source: "mial" } } });
    const message =
      /^mappings\.userNaem: is not an attribute of urn:\S+User; the closest name is userName\.\nmappings\.userNaem\.source: \[mial\] is not an attribute of User\.$/;
    expect(await failure(engine.create(MAPPINGS, inputs, { preview: true }))).toMatch(message);
    expect(await failure(engine.create(MAPPINGS, inputs))).toMatch(message);
    expect(await failure(engine.diff(MAPPINGS, jobId, await checked({ mappings: quickstart }), {}, inputs))).toMatch(
      message,
    );
    expect(changesMade()).toEqual([]);
  });

  it("waits for a new job that Graph does not return yet", async () => {
    tenant.graph.faults.inject({ path: `/v1.0${jobId}/schema` }, { kind: "notFound" }, { times: 3 });
    await engine.create(MAPPINGS, await checked({ mappings: quickstart }));
    expect(userMappings(await schemaNow())).toHaveLength(6);
  });

  it("retries after throttling, broken connections and incomplete responses", async () => {
    const { faults } = tenant.graph;
    const path = `/v1.0${jobId}/schema`;
    faults.inject({ method: "GET", path }, { kind: "throttle", retryAfter: 1 });
    faults.inject({ method: "GET", path }, { kind: "truncate" });
    faults.inject({ method: "PUT", path }, { kind: "reset", when: "after" });
    faults.inject({ method: "GET", path }, { kind: "staleRead" }, { skip: 1 });
    await engine.create(MAPPINGS, await checked({ mappings: quickstart }));
    expect(userMappings(await schemaNow())).toHaveLength(6);
  });

  it("reports mappings that the service did not apply and keeps the resource in the state", async () => {
    const path = `/v1.0${jobId}/schema`;
    tenant.graph.faults.inject({ method: "GET", path }, { kind: "staleRead" }, { skip: 2, times: 9 });
    const error = await engine.create(MAPPINGS, await checked({ mappings: quickstart })).then(
      () => expect.fail("should have failed"),
      (refused: { details: string; metadata: { get(name: string): unknown[] } }) => refused,
    );
    expect(error.details).toMatch(
      /^The service accepted the schema but does not return all of it, or another client has changed it since: .*userName differs in source.*; title is still mapped/,
    );
    expect(error.metadata.get("grpc-status-details-bin")).toHaveLength(1);
  });

  it("returns no resource when the job no longer exists and still deletes without an error", async () => {
    const inputs = await checked({ mappings: quickstart });
    const { id, outputs } = await engine.create(MAPPINGS, inputs);
    await tenant.client.delete(`/v1.0${jobId}`);
    expect((await engine.read(MAPPINGS, id, inputs, outputs)).id).toBe("");
    await engine.delete(MAPPINGS, id, inputs, outputs);
    expect(await failure(engine.update(MAPPINGS, id, inputs, outputs, inputs))).toBe(
      `jobId: the synchronization job ${jobId} does not exist.`,
    );
  });

  it("names the missing permission at once", async () => {
    const { clientId, clientSecret } = tenant.graph.addClient({ permissions: ["Synchronization.Read.All"] });
    const weak = await connect({ clientId, clientSecret, objectId: "" });
    expect(await failure(weak.create(MAPPINGS, await checked({ mappings: quickstart })))).toMatch(
      /^Microsoft Graph does not allow this application to change the synchronization schema \(403 .+\): it needs the application permission Synchronization\.ReadWrite\.All, with admin consent\.$/,
    );
    expect(tenant.graph.requests.find({ method: "PUT" })).toHaveLength(1);
    weak.close();
  });

  it("reports rejected credentials without showing them", async () => {
    const wrong = await connect({ ...tenant.graph.deployer, clientSecret: "not-the-secret-at-all" });
    const message = await failure(wrong.read(MAPPINGS, jobId));
    expect(message).toMatch(/^Entra ID issued no token: .*AADSTS7000215/);
    expect(message).not.toContain("not-the-secret-at-all");
    wrong.close();
  });
});

describe("Provisioning", () => {
  const credentials = () => ({ baseAddress: tenantUrl, secretToken: secret(TOKEN) });
  const checked = async (inputs: WireValue): Promise<WireValue> => {
    const { inputs: news, failures } = await engine.check(PROVISIONING, { jobId, ...inputs });
    expect(failures).toEqual([]);
    return news;
  };
  const saveSecrets = () =>
    tenant.client.put(`/v1.0${jobId.replace(/\/jobs.*/, "")}/secrets`, {
      value: [
        { key: "BaseAddress", value: tenantUrl },
        { key: "SecretToken", value: TOKEN },
      ],
    });
  beforeEach(async () => {
    await saveSecrets();
    tenant.graph.requests.clear();
  });

  it("tests the connection, starts, reads, pauses, starts again and deletes", async () => {
    const inputs = await checked({ credentials: credentials() });
    const { id, outputs } = await engine.create(PROVISIONING, inputs);
    expect(changesMade()).toEqual([
      `POST ${jobId.split("/").at(-1) ?? ""}/validateCredentials`,
      `POST ${jobId.split("/").at(-1) ?? ""}/start`,
    ]);
    expect((await jobNow()).schedule.state).toBe("Active");
    expect(outputs).toEqual({ ...inputs, status: "NotRun", scheduleState: "Active", counts: {} });
    expect(outputs["credentials"]).toEqual(credentials());
    expect(await engine.read(PROVISIONING, id, inputs, outputs)).toEqual({ id, inputs, outputs });
    expect((await engine.diff(PROVISIONING, id, inputs, outputs, inputs)).changes).toBe("none");

    const off = await checked({ credentials: credentials(), enabled: false });
    const paused = await engine.update(PROVISIONING, id, inputs, outputs, off);
    expect(paused).toMatchObject({ status: "Paused", scheduleState: "Paused", enabled: false });
    expect((await engine.update(PROVISIONING, id, off, paused, inputs))["scheduleState"]).toBe("Active");

    await engine.delete(PROVISIONING, id, inputs, outputs);
    expect((await jobNow()).schedule.state).toBe("Paused");
    await tenant.client.delete(`/v1.0${jobId}`);
    await engine.delete(PROVISIONING, id, inputs, outputs);
    expect((await engine.read(PROVISIONING, id, inputs, outputs)).id).toBe("");
    expect((await tenant.client.get(`/v1.0${jobId}`)).status).toBe(404);
  });

  it("retries while the service rejects the start", async () => {
    const path = `/v1.0${jobId}/start`;
    const { faults } = tenant.graph;
    faults.inject({ method: "POST", path }, { kind: "error", status: 400, message: "Not now." });
    faults.inject({ method: "POST", path }, { kind: "error", status: 409, message: "Still not." });
    faults.inject({ method: "POST", path }, { kind: "unavailable", retryAfter: 1 });
    await engine.create(PROVISIONING, await checked({}));
    expect((await jobNow()).schedule.state).toBe("Active");
    expect(tenant.graph.requests.find({ method: "POST", path })).toHaveLength(4);
  });

  it("reports the last error when the job never starts and keeps the resource in the state", async () => {
    const path = `/v1.0${jobId}/start`;
    tenant.graph.faults.inject(
      { method: "POST", path },
      { kind: "error", status: 400, code: "Busy", message: "No." },
      { times: 9 },
    );
    const error = await engine.create(PROVISIONING, await checked({})).then(
      () => expect.fail("should have failed"),
      (refused: { details: string; metadata: { get(name: string): unknown[] } }) => refused,
    );
    expect(error.details).toBe("Microsoft Graph rejected the request to start the synchronization job (400 Busy: No).");
    expect(error.metadata.get("grpc-status-details-bin")).toHaveLength(1);
  });

  it("does not start the job when the endpoint rejects the credentials", async () => {
    accepted = false;
    const message = await failure(engine.create(PROVISIONING, await checked({ credentials: credentials() })));
    expect(message).toMatch(
      /^credentials: Entra could not reach the SCIM endpoint https:\/\/localhost:\d+\/directory\/v2 with this token\./,
    );
    expect(message).toMatch(/401/);
    expect(message).not.toContain(TOKEN);
    expect((await jobNow()).schedule.state).toBe("Disabled");
  });

  it("repeats the connection test only when the credentials change", async () => {
    const inputs = await checked({ credentials: credentials() });
    const { id, outputs } = await engine.create(PROVISIONING, inputs);
    tenant.graph.requests.clear();
    await engine.update(
      PROVISIONING,
      id,
      inputs,
      outputs,
      await checked({ ...inputs, restartTriggers: { version: "2" } }),
    );
    expect(changesMade().map((line) => line.split("/").at(-1))).toEqual(["restart"]);
    const moved = { ...credentials(), baseAddress: `${tenantUrl}/` };
    await engine.update(PROVISIONING, id, inputs, outputs, await checked({ credentials: moved }));
    expect(changesMade().map((line) => line.split("/").at(-1))).toEqual(["restart", "validateCredentials"]);
  });

  it("restarts like the portal's button, or with resetScope", async () => {
    const inputs = await checked({ restartTriggers: { version: "1" } });
    const { id, outputs } = await engine.create(PROVISIONING, inputs);
    await engine.update(PROVISIONING, id, inputs, outputs, await checked({ restartTriggers: { version: "2" } }));
    const scoped = { restartTriggers: { version: "3" }, resetScope: "Watermark, Escrows" };
    await engine.update(PROVISIONING, id, inputs, outputs, await checked(scoped));
    const bodies = tenant.graph.requests.find({ path: `/v1.0${jobId}/restart` }).map(({ body }) => body);
    expect(bodies).toEqual([{ criteria: {} }, { criteria: { resetScope: "Watermark, Escrows" } }]);
    await engine.update(PROVISIONING, id, await checked(scoped), outputs, await checked({ ...scoped, enabled: false }));
    expect(tenant.graph.requests.find({ path: `/v1.0${jobId}/restart` })).toHaveLength(2);
  });

  it("reports a manual pause as drift and starts the job again", async () => {
    const inputs = await checked({});
    const { id, outputs } = await engine.create(PROVISIONING, inputs);
    await tenant.client.post(`/v1.0${jobId}/pause`);
    const read = await engine.read(PROVISIONING, id, inputs, outputs);
    expect(read.inputs).toEqual({ ...inputs, enabled: false });
    expect(read.outputs).toMatchObject({ status: "Paused", enabled: false });
    expect((await engine.diff(PROVISIONING, id, read.inputs, read.outputs, inputs)).detailed).toEqual({
      enabled: { kind: 4, inputDiff: true },
    });
    await engine.update(PROVISIONING, id, read.inputs, read.outputs, inputs);
    expect((await jobNow()).schedule.state).toBe("Active");
  });

  it("reports a quarantine as drift with its reason", async () => {
    const inputs = await checked({});
    const { id, outputs } = await engine.create(PROVISIONING, inputs);
    const record = tenant.graph.state.jobs.get(jobId.split("/").at(-1) ?? "");
    Object.assign(record?.job.status ?? {}, {
      code: "Quarantine",
      quarantine: {
        currentBegan: "2026-01-01T00:00:00Z",
        reason: "EncounteredBaseEscrowThreshold",
        error: { code: "Q", message: "Bad." },
      },
      lastExecution: { state: "Failed", timeBegan: "b", timeEnded: "e", error: { code: "E", message: "Why." } },
      synchronizedEntryCountByType: [{ key: "User", value: 3 }],
    });
    const read = await engine.read(PROVISIONING, id, inputs, outputs);
    expect(read.inputs["enabled"]).toBe(false);
    expect(read.outputs).toMatchObject({
      status: "Quarantine",
      quarantine: { code: "Q", message: "Bad.", since: "2026-01-01T00:00:00Z" },
      lastExecution: { state: "Failed", startedAt: "b", endedAt: "e", error: "E: Why." },
      counts: { User: 3 },
    });
    await engine.update(PROVISIONING, id, read.inputs, read.outputs, inputs);
    expect((await jobNow()).status.quarantine).toBeNull();
  });

  it("imports provisioning by the job's id", async () => {
    await engine.create(PROVISIONING, await checked({}));
    const { id, inputs } = await engine.read(PROVISIONING, jobId);
    expect([id, inputs]).toEqual([jobId, { jobId, enabled: true }]);
  });

  it("restarts after an import only when the schema has changed since", async () => {
    await engine.create(PROVISIONING, await checked({}));
    const restarts = () => tenant.graph.requests.find({ method: "POST", path: `/v1.0${jobId}/restart` }).length;
    const version = String((await schemaNow())["version"]);
    const imported = await engine.read(PROVISIONING, jobId);
    // A refresh between import and `up` keeps the imported version.
    const { inputs, outputs } = await engine.read(PROVISIONING, jobId, imported.inputs, imported.outputs);
    const same = await checked({ restartTriggers: { mappings: version } });
    const after = await engine.update(PROVISIONING, jobId, inputs, outputs, same);
    expect([restarts(), after["importedSchemaVersion"]]).toEqual([0, undefined]);
    await engine.update(
      PROVISIONING,
      jobId,
      inputs,
      outputs,
      await checked({ restartTriggers: { mappings: "another" } }),
    );
    expect(restarts()).toBe(1);
    await engine.update(PROVISIONING, jobId, same, after, await checked({ restartTriggers: { mappings: "another" } }));
    expect(restarts()).toBe(2);
  });

  it("previews provisioning without a change", async () => {
    const inputs = await checked({ jobId: UNKNOWN_VALUE, credentials: credentials() });
    const { outputs } = await engine.create(PROVISIONING, inputs, { preview: true });
    expect(outputs).toMatchObject({ jobId: UNKNOWN_VALUE, status: UNKNOWN_VALUE, credentials: credentials() });
    expect(changesMade()).toEqual([]);
  });

  it("stops waiting when the operation is cancelled", async () => {
    const path = `/v1.0${jobId}/start`;
    tenant.graph.faults.inject({ method: "POST", path }, { kind: "unavailable", retryAfter: 2 }, { times: 9 });
    const creating = failure(engine.create(PROVISIONING, await checked({})));
    while (tenant.graph.requests.find({ path }).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await engine.cancel();
    expect(await creating).toBe("The operation was cancelled.");
  });
});

describe("ConnectionTest", () => {
  const inputs = (secretToken = TOKEN): WireValue => ({
    jobId,
    credentials: { baseAddress: tenantUrl, secretToken: secret(secretToken) },
  });
  const tests = () => changesMade().filter((line) => line.endsWith("/validateCredentials")).length;
  beforeEach(() => tenant.graph.requests.clear());

  it("tests new credentials once and saves nothing", async () => {
    const { id, outputs } = await engine.create(CONNECTION_TEST, inputs());
    expect([id, outputs]).toEqual([jobId, inputs()]);
    expect(changesMade()).toEqual([`POST ${jobId.split("/").at(-1) ?? ""}/validateCredentials`]);
    const asked = tenant.graph.requests.all().length;
    expect(await engine.read(CONNECTION_TEST, id, inputs(), outputs)).toEqual({ id, inputs: inputs(), outputs });
    expect(tenant.graph.requests.all()).toHaveLength(asked);
    expect((await engine.diff(CONNECTION_TEST, id, inputs(), outputs, inputs())).changes).toBe("none");
    await engine.delete(CONNECTION_TEST, id, inputs(), outputs);
    expect(tests()).toBe(1);
  });

  it("rejects new and changed credentials that the endpoint rejects, without showing the token", async () => {
    const wrong = inputs("another-token-0123456789");
    const sentence = /^credentials: Entra could not reach the SCIM endpoint \S+ with this token\. .*401/;
    for (const refused of [
      await failure(engine.create(CONNECTION_TEST, wrong)),
      await failure(engine.update(CONNECTION_TEST, jobId, inputs(), inputs(), wrong)),
    ]) {
      expect(refused).toMatch(sentence);
      expect(refused).not.toContain("another-token");
    }
    expect(tests()).toBe(2);
  });

  it("previews a test without a request and returns the known values", async () => {
    const made = await engine.create(CONNECTION_TEST, { ...inputs(), jobId: UNKNOWN_VALUE }, { preview: true });
    expect(made.outputs).toEqual({ ...inputs(), jobId: UNKNOWN_VALUE });
    const changed = inputs("another-token-0123456789");
    expect(await engine.update(CONNECTION_TEST, jobId, inputs(), inputs(), changed, { preview: true })).toEqual(
      changed,
    );
    expect(tenant.graph.requests.all()).toEqual([]);
  });

  it("reports all input errors together and imports by the job's id", async () => {
    const credentials = { baseAddress: "http://x", secretToken: secret("") };
    const { failures } = await engine.check(CONNECTION_TEST, { jobId: "x", credentials });
    expect(failures.map(({ property }) => property)).toEqual([
      "jobId",
      "credentials.baseAddress",
      "credentials.secretToken",
    ]);
    expect((await engine.check(CONNECTION_TEST, { jobId })).failures.map(({ property }) => property)).toEqual([
      "credentials",
    ]);
    expect((await engine.read(CONNECTION_TEST, jobId)).inputs).toEqual({ jobId });
    expect((await engine.read(CONNECTION_TEST, `${jobId}x`)).id).toBe("");
  });
});

describe("checkUsernames", () => {
  const TOKEN_NAME = "usersync:entra:checkUsernames";
  const check = (args: WireValue) => engine.invoke(TOKEN_NAME, args);

  it("reports on direct members and lists users of nested groups separately", async () => {
    const { state } = tenant.graph;
    const group = (displayName: string) => state.createGroup({ displayName });
    const [ssh, sudo, inner] = [group("ssh-check"), group("sudo-check"), group("inner-check")];
    const names = ["check.ann", "check.bob", "check.deep"].map((name) => `${name}@example.com`);
    for (const name of names) state.createUser({ userPrincipalName: name, displayName: name, mail: name });
    state.addMembers(ssh.id, [names[0] ?? "", names[1] ?? ""]);
    state.addMembers(sudo.id, [names[0] ?? ""]);
    state.addMembers(inner.id, [names[1] ?? "", names[2] ?? ""]);
    state.nestGroup(ssh.id, inner.id);
    state.nestGroup(inner.id, inner.id);
    const { result, failures } = await check({ groups: [ssh.id, sudo.id], mapping: upn });
    expect(failures).toEqual([]);
    const report = JSON.parse(String(result["report"])) as {
      users: { user: string; name: string | null }[];
      nestedGroups: unknown;
    };
    expect(report.users.map(({ user, name }) => [user.split("@")[0], name])).toEqual([
      ["check.ann", "check.ann"],
      ["check.bob", "check.bob"],
      ["check.deep", null],
    ]);
    expect(report.nestedGroups).toEqual([{ id: inner.id, name: "inner-check", parent: "ssh-check" }]);
    expect(result["users"]).toBe(3);
    expect(result["summary"]).toMatch(/^3 users/);
    expect(result["table"]).toContain("check.ann");
  });

  it("reports all argument errors together", async () => {
    const { failures } = await check({ groups: ["", 1], mapping: "ToLower(", email: 1, maxDetails: -1 });
    expect(failures.map(({ property }) => property)).toEqual([
      "groups[0]",
      "groups[1]",
      "mapping",
      "email",
      "maxDetails",
    ]);
    expect((await check({})).failures).toEqual([
      { property: "groups", reason: "is required." },
      { property: "mapping", reason: "is required." },
    ]);
  });

  it("names a group that does not exist", async () => {
    expect(await failure(check({ groups: ["11111111-2222-4333-8444-000000000000"], mapping: upn }))).toMatch(
      /^Microsoft Graph could not find the group 11111111-2222-4333-8444-000000000000: it does not exist/,
    );
  });
});
