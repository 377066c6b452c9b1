import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { TestEngine, WireValue, WireDiff } from "@smallstep-ssh/usersync/testing";
import { UNKNOWN_VALUE } from "@smallstep-ssh/usersync/host";
import { deployerPermissions, startTestTenant, type TestTenant } from "entra-emulator/testing";
import { connect, Managed, secret } from "./testing";

const type = (name: string) => `azuread:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`;
const APPLICATION = type("Application");
const TEMPLATE = type("ApplicationFromTemplate");
const PASSWORD = type("ApplicationPassword");
const ASSIGNMENT = type("AppRoleAssignment");
const GROUP = type("Group");
const PRINCIPAL = type("ServicePrincipal");
const GRANT = type("ServicePrincipalDelegatedPermissionGrant");
const JOB = type("SynchronizationJob");
const SECRET_TYPE = type("SynchronizationSecret");
const nonGallery = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621";
const unknownId = "5c9e7a3f-0000-4000-8000-000000000000";

let tenant: TestTenant;
let engine: TestEngine;
let caller: string;
beforeAll(async () => {
  tenant = await startTestTenant();
  // The stack grants admin consent only on request, and that needs a permission that its deployer normally lacks.
  const permissions = [...deployerPermissions, "DelegatedPermissionGrant.ReadWrite.All"];
  const credentials = tenant.graph.addClient({ permissions });
  engine = await connect(tenant, credentials);
  caller = credentials.objectId;
});
afterAll(async () => {
  engine.close();
  await tenant.close();
});
beforeEach(() => tenant.graph.faults.clear());

/** Returns the requests after a sequence number as `METHOD /path`, with `:id` in place of ids. */
function callsSince(sequence: number): string[] {
  return tenant.graph.requests
    .all()
    .filter((one) => one.sequence > sequence && /^\/(v1\.0|beta)\//.test(one.path))
    .map((one) => `${one.method} ${one.path.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, ":id")}`);
}
const now = () => tenant.graph.requests.all().at(-1)?.sequence ?? 0;
const changed = (plan: WireDiff) => Object.keys(plan.detailed).sort();
const oneAfterAnother = (calls: string[]) => calls.filter((call, index) => call !== calls[index - 1]);
const status = async (path: string) => (await tenant.client.get(`/v1.0${path}`)).status;

/** Asserts that a plan is empty before and after a refresh, and that the refresh changes neither inputs nor outputs. */
async function expectSettled(managed: Managed, program: WireValue): Promise<void> {
  expect((await managed.plan(program)).detailed).toEqual({});
  const { inputs, outputs } = managed;
  expect(await managed.refresh()).toBe(true);
  expect(managed.inputs).toEqual(inputs);
  expect(managed.outputs).toEqual(outputs);
  expect((await managed.plan(program)).detailed).toEqual({});
}

async function oidcApplication(displayName = "SSH CA"): Promise<Managed> {
  return Managed.create(engine, APPLICATION, { displayName, owners: [caller] });
}

async function enterpriseApplication(): Promise<Managed> {
  return Managed.create(engine, TEMPLATE, { displayName: "Smallstep", templateId: nonGallery });
}

describe("Group", () => {
  const program = { displayName: "ssh users", securityEnabled: true };

  it("creates, reads, updates and deletes a group", async () => {
    const start = now();
    const group = await Managed.create(engine, GROUP, program);
    const calls = oneAfterAnother(callsSince(start));
    expect(calls).toEqual([
      "POST /beta/groups",
      "PATCH /beta/groups/:id",
      "GET /beta/groups/:id",
      "GET /beta/groups/:id/owners",
      "GET /beta/groups/:id/members",
      "GET /beta/groups/:id/memberOf",
    ]);
    expect(group.id).toBe(`/groups/${String(group.outputs["objectId"])}`);
    expect(group.outputs).toMatchObject({ displayName: "ssh users", owners: [caller], members: [] });
    await expectSettled(group, program);

    const renamed = { ...program, displayName: "ssh logins", description: "Who may log in" };
    expect((await group.plan(renamed)).detailed).toEqual({
      displayName: { kind: 4, inputDiff: true },
      description: { kind: 0, inputDiff: true },
    });
    await group.update(renamed);
    expect(group.outputs).toMatchObject({ displayName: "ssh logins", description: "Who may log in" });
    await expectSettled(group, renamed);

    await group.delete();
    expect(await status(group.id)).toBe(404);
    expect(await group.refresh()).toBe(false);
  });

  it("does not manage the members of a group unless the program sets them", async () => {
    const state = tenant.graph.state;
    const ada = state.user("ada.lovelace@corp.com").id;
    const zoe = state.user("zoe@corp.com").id;
    const group = await Managed.create(engine, GROUP, program);
    state.addMembers(String(group.outputs["objectId"]), ["ada.lovelace@corp.com"]);
    expect(await group.refresh()).toBe(true);
    expect(group.outputs["members"]).toEqual([ada]);
    expect((await group.plan(program)).changes).toBe("none");

    const owned = { ...program, members: [zoe], owners: [zoe, caller] };
    expect(changed(await group.plan(owned))).toEqual(["members[0]", "owners[1]"]);
    await group.update(owned);
    expect(group.outputs["members"]).toEqual([zoe]);
    await expectSettled(group, owned);
    await expectSettled(group, program);
    await group.delete();
  });

  it("reports external changes of a group as input differences", async () => {
    const group = await Managed.create(engine, GROUP, program);
    await tenant.client.patch(`/v1.0${group.id}`, { displayName: "renamed", description: "changed manually" });
    await group.refresh();
    expect(group.inputs).toEqual({ ...program, displayName: "renamed" });
    expect(changed(await group.plan(program))).toEqual(["description", "displayName"]);
    await group.update(program);
    expect(group.outputs["description"]).toBe("");
    await group.delete();
  });

  it("imports a group by its id and rejects invalid inputs", async () => {
    const group = await Managed.create(engine, GROUP, program);
    const imported = await engine.read(GROUP, group.id);
    expect(imported.inputs).toMatchObject({ ...program, owners: [caller] });
    const { failures } = await engine.check(GROUP, { theme: "Blue", owners: "me" });
    expect(failures).toEqual([
      { property: "owners", reason: "must be of type array." },
      { property: "theme", reason: "is not an input that the stand-in for azuread.Group supports." },
      { property: "displayName", reason: "is required." },
    ]);
    await group.delete();
    await expect(group.delete()).rejects.toThrow(/was not found/);
  });

  it("waits for replicas and keeps a created group in the state when a later request fails", async () => {
    const { faults } = tenant.graph;
    faults.inject({ method: "PATCH", path: /\/groups\// }, { kind: "notFound" }, { times: 2 });
    const late = await Managed.create(engine, GROUP, program);
    expect(late.outputs["displayName"]).toBe("ssh users");
    await late.delete();

    faults.inject({ method: "PATCH", path: /\/groups\// }, { kind: "error", status: 400 });
    const failure = await engine.create(GROUP, program).catch((error: unknown) => error);
    expect(failure).toMatchObject({ details: expect.stringMatching(/rejected the request to change \/groups/) });
    const left = [...tenant.graph.state.groups.values()].at(-1);
    const details = (failure as { metadata: { get(name: string): Buffer[] } }).metadata.get("grpc-status-details-bin");
    expect(details[0]?.toString("utf8")).toContain(`/groups/${left?.id}`);
    await tenant.client.delete(`/v1.0/groups/${left?.id}`);
  });
});

describe("Application", () => {
  const graphAccess = {
    resourceAppId: "00000003-0000-0000-c000-000000000000",
    resourceAccesses: [
      { id: "37f7f235-527c-4136-accd-4a02d197296e", type: "Scope" },
      { id: "64a6cdd6-aab1-4aaf-94b8-3cc8405e90d0", type: "Scope" },
    ],
  };
  const program = () => ({
    displayName: "Smallstep SSH",
    signInAudience: "AzureADMyOrg",
    owners: [caller],
    publicClient: { redirectUris: ["http://127.0.0.1"] },
    requiredResourceAccesses: [graphAccess],
    optionalClaims: { idTokens: [{ name: "email" }] },
  });

  it("creates, reads, updates and deletes an application", async () => {
    const start = now();
    const application = await Managed.create(engine, APPLICATION, program());
    expect(oneAfterAnother(callsSince(start))).toEqual([
      "POST /v1.0/applications",
      "PATCH /v1.0/applications/:id",
      "GET /v1.0/applications/:id",
      "GET /beta/applications/:id",
      "GET /v1.0/applications/:id/owners",
    ]);
    const stored = (await tenant.client.get(`/v1.0${application.id}`)).body;
    expect(stored).toMatchObject({
      displayName: "Smallstep SSH",
      publicClient: { redirectUris: ["http://127.0.0.1"] },
      optionalClaims: { idToken: [{ name: "email" }] },
      requiredResourceAccess: [{ resourceAppId: graphAccess.resourceAppId }],
    });
    expect(application.outputs).toMatchObject({ clientId: stored.appId, objectId: stored.id, owners: [caller] });
    await expectSettled(application, program());

    const more = {
      ...program(),
      publicClient: { redirectUris: ["http://127.0.0.1", "http://localhost"] },
      description: "by the stack",
    };
    expect(changed(await application.plan(more))).toEqual(["description", "publicClient.redirectUris[1]"]);
    await application.update(more);
    await expectSettled(application, more);

    await application.delete();
    expect(await status(application.id)).toBe(404);
    expect(await application.refresh()).toBe(false);
  });

  it("reports and reverts external changes of an application, including properties that the program does not set", async () => {
    const application = await Managed.create(engine, APPLICATION, program());
    await tenant.client.patch(`/v1.0${application.id}`, {
      publicClient: { redirectUris: ["http://localhost"] },
      web: { redirectUris: ["https://evil.example/"] },
      description: "changed manually",
    });
    await application.refresh();
    expect(application.inputs["publicClient"]).toEqual({ redirectUris: ["http://localhost"] });
    expect(changed(await application.plan(program()))).toEqual(["description", "publicClient.redirectUris[0]"]);
    await application.update(program());
    const { body } = await tenant.client.get(`/v1.0${application.id}`);
    expect([body.description, body.web.redirectUris, body.publicClient.redirectUris]).toEqual([
      null,
      [],
      ["http://127.0.0.1"],
    ]);
    await expectSettled(application, program());
    await application.delete();
  });

  it("sets only the declared owners", async () => {
    const application = await Managed.create(engine, APPLICATION, { displayName: "without owners" });
    expect(application.outputs["owners"]).toEqual([]);
    await application.delete();
  });
});

describe("ApplicationPassword", () => {
  it("creates, reads and deletes a client secret and keeps its value as a secret", async () => {
    const application = await oidcApplication();
    const program = { applicationId: application.id, displayName: "CA", endDate: "2099-01-31T00:00:00Z" };
    const password = await Managed.create(engine, PASSWORD, program);
    const { value } = password.outputs["value"] as { value: string };
    expect(password.outputs["value"]).toEqual(secret(value));
    const appId = String(application.outputs["clientId"]);
    expect(tenant.graph.state.clientSecrets.get(appId)?.map((one) => one.secret)).toEqual([value]);
    await expectSettled(password, program);

    const later = await password.plan({ ...program, endDate: "2099-02-28T00:00:00Z" });
    expect(later.replaces).toEqual(["endDate"]);
    await password.delete();
    expect((await tenant.client.get(`/v1.0${application.id}`)).body.passwordCredentials).toEqual([]);
    expect(await password.refresh()).toBe(false);
    await application.delete();
    await expect(engine.create(PASSWORD, program)).rejects.toThrow(/applicationId: there is no application/);
  });
});

describe("ServicePrincipal, AppRoleAssignment and DelegatedPermissionGrant", () => {
  it("creates, reads, updates and deletes a service principal, an assignment and a grant", async () => {
    const application = await oidcApplication();
    const program = {
      clientId: application.outputs["clientId"],
      owners: [caller],
      appRoleAssignmentRequired: true,
    };
    const start = now();
    const principal = await Managed.create(engine, PRINCIPAL, program);
    expect(oneAfterAnother(callsSince(start))).toEqual([
      "GET /v1.0/servicePrincipals",
      "POST /v1.0/servicePrincipals",
      "PATCH /v1.0/servicePrincipals/:id",
      "GET /v1.0/servicePrincipals/:id",
      "GET /beta/servicePrincipals/:id",
      "GET /v1.0/servicePrincipals/:id/owners",
    ]);
    const { objectId } = principal.outputs;
    expect(principal.id).toBe(`/servicePrincipals/${String(objectId)}`);
    expect(principal.outputs).toMatchObject({ displayName: "SSH CA", accountEnabled: true });
    await expectSettled(principal, program);
    await expect(engine.create(PRINCIPAL, program)).rejects.toThrow(/exists already/);

    const open = { ...program, appRoleAssignmentRequired: false };
    expect(changed(await principal.plan(open))).toEqual(["appRoleAssignmentRequired"]);
    await principal.update(open);
    expect((await tenant.client.get(`/v1.0${principal.id}`)).body.appRoleAssignmentRequired).toBe(false);
    await expectSettled(principal, open);

    const group = tenant.graph.state.groupByName("platform-ssh");
    const assigned = {
      appRoleId: "00000000-0000-0000-0000-000000000000",
      principalObjectId: group.id,
      resourceObjectId: objectId,
    };
    const assignment = await Managed.create(engine, ASSIGNMENT, assigned);
    expect(assignment.outputs).toMatchObject({ principalType: "Group", principalDisplayName: "platform-ssh" });
    await expectSettled(assignment, assigned);
    expect((await assignment.plan({ ...assigned, principalObjectId: unknownId })).replaces).toEqual([
      "principalObjectId",
    ]);

    const graph = await engine.invoke("azuread:index/getServicePrincipal:getServicePrincipal", {
      clientId: "00000003-0000-0000-c000-000000000000",
    });
    const granted = {
      servicePrincipalObjectId: objectId,
      resourceServicePrincipalObjectId: graph.result["objectId"],
      claimValues: ["openid", "email"],
    };
    const grant = await Managed.create(engine, GRANT, granted);
    await expectSettled(grant, granted);
    const more = { ...granted, claimValues: ["email", "openid", "profile"] };
    expect(changed(await grant.plan(more))).toEqual(["claimValues[2]"]);
    await grant.update(more);
    await expectSettled(grant, more);
    expect(tenant.graph.state.grants.get(grant.id.split("/").pop() ?? "")).toMatchObject({
      scope: "email openid profile",
    });

    await grant.delete();
    expect(await grant.refresh()).toBe(false);
    expect(await status(grant.id)).toBe(404);
    await assignment.delete();
    expect(await assignment.refresh()).toBe(false);
    expect(await status(assignment.id)).toBe(404);
    await expect(assignment.delete()).rejects.toThrow(/404/);
    await principal.delete();
    expect(await principal.refresh()).toBe(false);
    expect(await status(principal.id)).toBe(404);
    await application.delete();
  });

  it("retries a service principal and an assignment while replicas do not know the application or the group", async () => {
    const application = await oidcApplication();
    const message = `The appId '${String(application.outputs["clientId"])}' does not reference a valid application object.`;
    const { faults } = tenant.graph;
    faults.inject(
      { method: "POST", path: /servicePrincipals$/ },
      { kind: "error", status: 400, message },
      { times: 2 },
    );
    const principal = await Managed.create(engine, PRINCIPAL, { clientId: application.outputs["clientId"] });
    expect(principal.outputs["owners"]).toEqual([]);

    const refused = { kind: "error", status: 400, message: "Not a valid reference update." } as const;
    faults.inject({ method: "POST", path: /appRoleAssignedTo/ }, refused, { times: 2 });
    const assignment = await Managed.create(engine, ASSIGNMENT, {
      appRoleId: "00000000-0000-0000-0000-000000000000",
      principalObjectId: tenant.graph.state.groupByName("platform-ssh").id,
      resourceObjectId: principal.outputs["objectId"],
    });
    await application.delete();
    expect(await principal.refresh()).toBe(false);
    expect(await assignment.refresh()).toBe(false);
  });
});

describe("ApplicationFromTemplate, SynchronizationJob and SynchronizationSecret", () => {
  it("creates, reads, updates and deletes an enterprise application, its job and its credentials", async () => {
    const application = await enterpriseApplication();
    const { servicePrincipalId } = application.outputs;
    expect(application.outputs["servicePrincipalId"]).toBe(
      `/servicePrincipals/${String(application.outputs["servicePrincipalObjectId"])}`,
    );
    const named = { displayName: "Smallstep", templateId: nonGallery };
    await expectSettled(application, named);
    await application.update({ ...named, displayName: "Smallstep 2" });
    await expectSettled(application, { ...named, displayName: "Smallstep 2" });

    const stopped = { servicePrincipalId, templateId: "scim", enabled: false };
    const job = await Managed.create(engine, JOB, stopped);
    expect(job.outputs["schedules"]).toMatchObject([{ state: "Disabled" }]);
    await expectSettled(job, stopped);

    const credentials = [
      { key: "BaseAddress", value: "https://localhost/scim" },
      { key: "SecretToken", value: secret("the-scim-token-0123456789") },
    ];
    const program = { servicePrincipalId, credentials };
    const saved = await Managed.create(engine, SECRET_TYPE, program);
    expect(saved.id).toBe(servicePrincipalId);
    expect(saved.outputs["credentials"]).toEqual([
      { key: "BaseAddress", value: secret("https://localhost/scim") },
      { key: "SecretToken", value: secret("the-scim-token-0123456789") },
    ]);
    const principalId = String(application.outputs["servicePrincipalObjectId"]);
    expect(tenant.graph.state.syncSecrets.get(principalId)).toMatchObject([
      { key: "BaseAddress" },
      { key: "SecretToken", value: "the-scim-token-0123456789" },
    ]);
    expect((await saved.plan(program)).changes).toBe("none");
    expect(await saved.refresh()).toBe(true);
    expect((await saved.plan(program)).changes).toBe("none");

    const running = { ...stopped, enabled: true };
    expect(changed(await job.plan(running))).toEqual(["enabled"]);
    await job.update(running);
    expect(job.outputs["schedules"]).toMatchObject([{ state: "Active" }]);
    await job.update(stopped);
    expect(job.outputs["schedules"]).toMatchObject([{ state: "Paused" }]);
    await expectSettled(job, stopped);

    await saved.delete();
    expect(tenant.graph.state.syncSecrets.get(principalId)).toEqual([]);
    await job.delete();
    expect(await job.refresh()).toBe(false);
    expect(await status(job.id)).toBe(404);
    await application.delete();
    expect(await application.refresh()).toBe(false);
    expect(await saved.refresh()).toBe(false);
    expect(await status(`/applications/${String(application.outputs["applicationObjectId"])}`)).toBe(404);
    expect(await status(String(servicePrincipalId))).toBe(404);
  });

  it("reports and reverts an external change of the base address", async () => {
    const application = await enterpriseApplication();
    const { servicePrincipalId } = application.outputs;
    const credentials = [
      { key: "BaseAddress", value: "https://localhost/scim" },
      { key: "SecretToken", value: secret("the-scim-token-0123456789") },
    ];
    const saved = await Managed.create(engine, SECRET_TYPE, { servicePrincipalId, credentials });
    await tenant.client.put(`/v1.0${String(servicePrincipalId)}/synchronization/secrets`, {
      value: [
        { key: "BaseAddress", value: "https://elsewhere/scim" },
        { key: "SecretToken", value: "*" },
      ],
    });
    await saved.refresh();
    expect(changed(await saved.plan({ servicePrincipalId, credentials }))).toEqual(["credentials[0].value"]);
    await saved.update({ servicePrincipalId, credentials });
    expect((await saved.plan({ servicePrincipalId, credentials })).changes).toBe("none");
    const imported = await engine.read(SECRET_TYPE, saved.id);
    expect(imported.inputs["credentials"]).toMatchObject([{}, { key: "SecretToken", value: secret("*") }]);
    await application.delete();
  });

  it("starts a job during create by default and retries while the service is busy", async () => {
    const application = await enterpriseApplication();
    const { servicePrincipalId } = application.outputs;
    const saved = { servicePrincipalId, credentials: [{ key: "BaseAddress", value: "https://localhost/scim" }] };
    (saved.credentials as WireValue[]).push({ key: "SecretToken", value: secret("the-scim-token-0123456789") });
    await Managed.create(engine, SECRET_TYPE, saved);
    const fault = { kind: "error", status: 409, code: "Conflict" } as const;
    const injected = tenant.graph.faults.inject({ method: "POST", path: /\/start$/ }, fault, { times: 2 });
    const program = { servicePrincipalId, templateId: "scim" };
    const job = await Managed.create(engine, JOB, program);
    expect(injected.hits).toBe(2);
    expect(job.outputs["enabled"]).toBe(true);
    await expectSettled(job, program);
    await application.delete();
    expect(await job.refresh()).toBe(false);
  });
});

describe("azuread stand-in in a preview", () => {
  it.each<[string, WireValue]>([
    [GROUP, { displayName: "x", securityEnabled: true }],
    [APPLICATION, { displayName: "x" }],
    [PASSWORD, { applicationId: UNKNOWN_VALUE }],
    [PRINCIPAL, { clientId: UNKNOWN_VALUE }],
    [ASSIGNMENT, { appRoleId: UNKNOWN_VALUE, principalObjectId: UNKNOWN_VALUE, resourceObjectId: UNKNOWN_VALUE }],
    [
      GRANT,
      {
        servicePrincipalObjectId: UNKNOWN_VALUE,
        resourceServicePrincipalObjectId: UNKNOWN_VALUE,
        claimValues: ["openid"],
      },
    ],
    [TEMPLATE, { displayName: "x", templateId: nonGallery }],
    [JOB, { servicePrincipalId: UNKNOWN_VALUE, templateId: "scim" }],
    [SECRET_TYPE, { servicePrincipalId: UNKNOWN_VALUE, credentials: UNKNOWN_VALUE }],
  ])("sends no request for a create of %s", async (token, program) => {
    const start = now();
    const { inputs, failures } = await engine.check(token, program);
    expect(failures).toEqual([]);
    const { id, outputs } = await engine.create(token, inputs, { preview: true });
    expect(id).toBe("");
    expect(outputs).toMatchObject(program);
    expect(callsSince(start)).toEqual([]);
  });

  it("sends no request for an update and keeps the known outputs", async () => {
    const application = await oidcApplication();
    const start = now();
    const news = { ...application.inputs, displayName: "renamed" };
    const outputs = await engine.update(APPLICATION, application.id, application.inputs, application.outputs, news, {
      preview: true,
    });
    expect(outputs).toMatchObject({ displayName: "renamed", clientId: application.outputs["clientId"] });
    expect(callsSince(start)).toEqual([]);
    await application.delete();
  });
});

it("names the missing permission when Graph rejects a request", async () => {
  const poor = await connect(tenant, tenant.graph.addClient({ permissions: ["Directory.Read.All"] }));
  await expect(poor.create(GROUP, { displayName: "x", securityEnabled: true })).rejects.toThrow(/Group.ReadWrite.All/);
  poor.close();
});
