import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { startTestTenant, type TestTenant } from "../testing";
import type { JobRecord } from "../synchronization/job";
import { mapping } from "../synchronization/scimTemplate";
import { TestScim, type ScimRequest } from "./testingScim";

let tenant: TestTenant;
let scim: TestScim;
let jobPath: string;
let principalPath: string;
let record: JobRecord;

beforeEach(async () => {
  tenant = await startTestTenant();
  scim = await TestScim.start(tenant.authority);
  const { servicePrincipalId } = await tenant.enterpriseApp();
  principalPath = `/v1.0/servicePrincipals/${servicePrincipalId}`;
  const job = await tenant.client.post(`${principalPath}/synchronization/jobs`, { templateId: "scim" });
  jobPath = `${principalPath}/synchronization/jobs/${job.body.id}`;
  record = tenant.graph.state.jobs.get(String(job.body.id)) as JobRecord;
  await assign("platform-ssh");
  await saveCredentials(scim.baseAddress, scim.token);
});
afterEach(async () => {
  await scim.close();
  await tenant.close();
});

async function assign(group: string): Promise<string> {
  const answer = await tenant.client.post(`${principalPath}/appRoleAssignedTo`, {
    principalId: tenant.graph.state.groupByName(group).id,
    resourceId: principalPath.split("/").at(-1),
    appRoleId: "18d14569-c3bd-439b-9a66-3a2aee01d14f",
  });
  expect(answer.status).toBe(201);
  return String(answer.body.id);
}

async function saveCredentials(baseAddress: string, token: string): Promise<void> {
  const value = [
    { key: "BaseAddress", value: baseAddress },
    { key: "SecretToken", value: token },
  ];
  expect((await tenant.client.put(`${principalPath}/synchronization/secrets`, { value })).status).toBe(204);
}

/** Writes the attribute mappings of the Smallstep quickstart through the API. */
async function quickstartMappings(): Promise<void> {
  const { body: schema } = await tenant.client.get(`${jobPath}/schema`);
  schema.synchronizationRules[0].objectMappings[0].attributeMappings = [
    mapping("userName", 'ToLower(Replace([userPrincipalName], , "(?<Suffix>@(.)*)", "Suffix", "", , ))', 1),
    mapping("active", "Not([IsSoftDeleted])"),
    mapping("displayName", "[displayName]"),
    mapping('emails[type eq "work"].value', "[mail]"),
    mapping("name.givenName", "[givenName]"),
    mapping("name.familyName", "[surname]"),
  ];
  expect((await tenant.client.put(`${jobPath}/schema`, schema)).status).toBe(204);
}

const start = async () => expect((await tenant.client.post(`${jobPath}/start`)).status).toBe(204);
const sent = (method: string, path: RegExp): ScimRequest[] =>
  scim.requests.filter((one) => one.method === method && path.test(one.path));
const account = (userName: string) => [...scim.users.values()].find((user) => user["userName"] === userName);

describe("a cycle with the template schema", () => {
  it("provisions full UPNs as user names when the mappings are unchanged", async () => {
    await start();
    const summary = await tenant.graph.runCycle();
    expect(scim.userNames()).toContain("bill.gates@corp.com");
    expect(summary.failed).toBe(0);
    expect(account("bill.gates@corp.com")).toMatchObject({
      active: true,
      externalId: "bill.gates",
      title: "Founder",
      name: { formatted: "Bill Gates", givenName: "Bill", familyName: "Gates" },
      emails: [{ type: "work", value: "bill.gates@corp.com", primary: true }],
      "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { department: "Executive", employeeNumber: "1" },
    });
  });

  it("sends a manager reference when both accounts exist", async () => {
    await start();
    await tenant.graph.runCycle();
    const ada = account("ada.lovelace@corp.com")?.["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"];
    expect(ada).toMatchObject({ manager: account("bill.gates@corp.com")?.id });
  });
});

describe("an initial cycle", () => {
  it("provisions only direct members, with mapped names", async () => {
    await quickstartMappings();
    await start();
    const summary = await tenant.graph.runCycle(record.job.id);
    expect(scim.userNames()).toEqual(
      [
        "3d.printing",
        "ada.lovelace",
        "anne-marie.dupont",
        "bill.gates",
        "conan.o'brien",
        "grace.hopper",
        "josé.núñez",
        "no.mail",
        "zoe",
      ].sort(),
    );
    expect(summary.jobs[0]?.kind).toBe("initial");
    expect(summary.created).toBe(10); // nine users, one group
  });

  it("sends no null and no email when a user has no mail", async () => {
    await quickstartMappings();
    await start();
    await tenant.graph.runCycle();
    const created = sent("POST", /^Users/).map((one) => one.body);
    expect(created.find((body) => body.userName === "no.mail")).not.toHaveProperty("emails");
    expect(JSON.stringify(created)).not.toContain("null");
  });

  it("adds the members that have an account to the new group", async () => {
    await start();
    await tenant.graph.runCycle();
    const [group] = [...scim.groups.values()];
    expect(group).toMatchObject({ displayName: "platform-ssh" });
    expect((group?.["members"] as { value: string }[]).map((one) => one.value).sort()).toEqual(
      [...scim.users.keys()].sort(),
    );
    expect(sent("POST", /^Groups/)[0]?.body).not.toHaveProperty("members");
  });

  it("matches an existing account and sends only the differences", async () => {
    await quickstartMappings();
    scim.users.set("1", {
      id: "1",
      userName: "bill.gates",
      active: true,
      displayName: "William",
      name: { givenName: "Bill", familyName: "Gates" },
    });
    await start();
    await tenant.graph.runCycle();
    expect(sent("PATCH", /^Users\/1$/).map((one) => one.body.Operations)).toEqual([
      [
        { op: "Replace", path: "displayName", value: "Bill Gates" },
        { op: "Add", path: 'emails[type eq "work"].value', value: "bill.gates@corp.com" },
      ],
    ]);
  });

  it("reports a failure when two users have the same user name or two accounts match one user", async () => {
    await quickstartMappings();
    const { state } = tenant.graph;
    state.addMembers(state.groupByName("platform-ssh").id, ["chris.lee@corp.com", "chris.lee@emea.corp.com"]);
    for (const id of ["1", "2"]) scim.users.set(id, { id, userName: "ada.lovelace" });
    await start();
    const summary = await tenant.graph.runCycle();
    const failures = summary.jobs[0]?.events.filter((event) => event.status === "failure") ?? [];
    expect(failures.map((event) => event.code).sort()).toEqual(["DuplicateSourceEntries", "DuplicateTargetEntries"]);
    const { body } = await tenant.client.get(jobPath);
    expect(body.status.lastExecution).toMatchObject({ state: "EntryLevelErrors", countEscrowed: 2 });
  });

  it("shortens the UPN of a guest and skips a disabled user", async () => {
    const { state } = tenant.graph;
    state.addMembers(state.groupByName("platform-ssh").id, [
      "frieda.gast_partner.example#EXT#@corpsandbox.onmicrosoft.com",
    ]);
    await start();
    await tenant.graph.runCycle();
    expect(scim.userNames()).toContain("frieda.gast@partner.example");
    expect(scim.userNames()).not.toContain("disabled.early@corp.com");
  });

  it("reports status and counts of the cycle on the job", async () => {
    await start();
    expect((await tenant.client.get(jobPath)).body.status.code).toBe("NotRun");
    await tenant.graph.runCycle();
    const { status } = (await tenant.client.get(jobPath)).body;
    expect(status.code).toBe("Active");
    expect(status.lastSuccessfulExecution.state).toBe("Succeeded");
    expect(status.synchronizedEntryCountByType).toEqual([
      { key: "User to urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", value: 9 },
      { key: "Group to http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group", value: 1 },
    ]);
  });
});

describe("an incremental cycle", () => {
  beforeEach(async () => {
    await quickstartMappings();
    await start();
    await tenant.graph.runCycle();
    scim.requests = [];
  });

  it("sends only the connection test when nothing changed", async () => {
    const summary = await tenant.graph.runCycle();
    expect(summary.jobs[0]?.kind).toBe("incremental");
    expect(scim.requests.map((one) => one.method)).toEqual(["GET", "GET"]);
  });

  it("sends changed attributes with one operation per path", async () => {
    tenant.graph.state.updateUser("ada.lovelace@corp.com", { surname: "Byron", displayName: "Ada Byron" });
    await tenant.graph.runCycle();
    expect(sent("PATCH", /^Users/).map((one) => one.body.Operations)).toEqual([
      [
        { op: "Replace", path: "displayName", value: "Ada Byron" },
        { op: "Replace", path: "name.familyName", value: "Byron" },
      ],
    ]);
  });

  it("keeps a value in the target when the source value becomes null", async () => {
    tenant.graph.state.updateUser("ada.lovelace@corp.com", { mail: null });
    await tenant.graph.runCycle();
    expect(sent("PATCH", /^Users/)).toEqual([]);
    expect(account("ada.lovelace")?.["emails"]).toHaveLength(1);
  });

  it("disables an account with the string False and enables it again", async () => {
    tenant.graph.state.updateUser("ada.lovelace@corp.com", { accountEnabled: false });
    expect((await tenant.graph.runCycle()).disabled).toBe(1);
    expect(sent("PATCH", /^Users/)[0]?.body.Operations).toEqual([{ op: "Replace", path: "active", value: "False" }]);
    tenant.graph.state.updateUser("ada.lovelace@corp.com", { accountEnabled: true });
    await tenant.graph.runCycle();
    expect(account("ada.lovelace")).toMatchObject({ active: true });
  });

  it("disables a user who leaves the group, removes the membership, and enables the user who returns", async () => {
    const { id } = tenant.graph.state.groupByName("platform-ssh");
    const target = account("zoe")?.id;
    tenant.graph.state.removeMembers(id, ["zoe@corp.com"]);
    await tenant.graph.runCycle();
    expect(account("zoe")).toMatchObject({ active: false });
    expect(sent("PATCH", /^Groups/)[0]?.body.Operations).toEqual([
      { op: "Remove", path: "members", value: [{ $ref: null, value: target }] },
    ]);
    tenant.graph.state.addMembers(id, ["zoe@corp.com"]);
    await tenant.graph.runCycle();
    expect(account("zoe")).toMatchObject({ active: true, id: target });
  });

  it("disables the account of a soft-deleted user and deletes it when the user is purged", async () => {
    const { id } = tenant.graph.state.user("zoe@corp.com");
    tenant.graph.state.delete(id);
    await tenant.graph.runCycle();
    expect(account("zoe")).toMatchObject({ active: false });
    tenant.graph.state.purge(id);
    expect((await tenant.graph.runCycle()).deleted).toBe(1);
    expect(account("zoe")).toBeUndefined();
  });

  it("sends no delete when a user left the group before the deletion", async () => {
    const { id } = tenant.graph.state.user("zoe@corp.com");
    tenant.graph.state.removeMembers(tenant.graph.state.groupByName("platform-ssh").id, ["zoe@corp.com"]);
    await tenant.graph.runCycle();
    tenant.graph.state.delete(id);
    tenant.graph.state.purge(id);
    await tenant.graph.runCycle();
    expect(account("zoe")).toMatchObject({ active: false });
  });

  it("deletes the group and disables its users when the assignment is deleted", async () => {
    const assignments = await tenant.client.get(`${principalPath}/appRoleAssignedTo`);
    await tenant.client.delete(`${principalPath}/appRoleAssignedTo/${assignments.body.value[0].id}`);
    const summary = await tenant.graph.runCycle();
    expect(summary).toMatchObject({ disabled: 9, deleted: 1 });
    expect(scim.groups.size).toBe(0);
  });

  it("applies a mapping change to unchanged users only after a restart", async () => {
    const { body: schema } = await tenant.client.get(`${jobPath}/schema`);
    const mappings = schema.synchronizationRules[0].objectMappings[0].attributeMappings;
    mappings[0] = mapping(
      "userName",
      'ToLower(Replace(Replace([userPrincipalName], , "(?<Suffix>@(.)*)", "Suffix", "", , ), ".", , ,"", , ))',
      1,
    );
    await tenant.client.put(`${jobPath}/schema`, schema);
    await tenant.graph.runCycle();
    expect(scim.userNames()).toContain("bill.gates");
    expect((await tenant.client.post(`${jobPath}/restart`, { criteria: { resetScope: "Watermark" } })).status).toBe(
      204,
    );
    await tenant.graph.runCycle();
    expect(scim.userNames()).toContain("billgates");
    expect(scim.users.size).toBe(9);
  });

  it("retries failed objects in the next cycle", async () => {
    scim.refuse = ({ method }) => (method === "PATCH" ? 500 : undefined);
    tenant.graph.state.updateUser("ada.lovelace@corp.com", { surname: "Byron" });
    expect((await tenant.graph.runCycle()).failed).toBe(1);
    scim.refuse = () => undefined;
    expect((await tenant.graph.runCycle()).updated).toBe(1);
    expect((await tenant.graph.runCycle()).updated).toBe(0);
  });
});

describe("a cycle with the flag aadOptscim062020", () => {
  beforeEach(async () => {
    await saveCredentials(`${scim.baseAddress}?aadOptscim062020`, scim.token);
    await quickstartMappings();
    await start();
    await tenant.graph.runCycle();
    scim.requests = [];
  });

  it("sends booleans, one replace without path for several attributes, and one operation per removed member with aadOptscim062020", async () => {
    const { id } = tenant.graph.state.groupByName("platform-ssh");
    const target = account("zoe")?.id;
    tenant.graph.state.updateUser("ada.lovelace@corp.com", { surname: "Byron", displayName: "Ada Byron" });
    tenant.graph.state.removeMembers(id, ["zoe@corp.com"]);
    await tenant.graph.runCycle();
    expect(sent("PATCH", /./).map((one) => one.body.Operations)).toEqual([
      [{ op: "replace", value: { displayName: "Ada Byron", "name.familyName": "Byron" } }],
      [{ op: "replace", path: "active", value: false }],
      [{ op: "remove", path: `members[value eq "${target}"]` }],
    ]);
  });
});

describe("quarantine", () => {
  it("quarantines a job with invalid credentials and ends the quarantine when they are valid", async () => {
    await saveCredentials(scim.baseAddress, "revoked");
    await start();
    await tenant.graph.runCycle();
    const { status } = (await tenant.client.get(jobPath)).body;
    expect(status.code).toBe("Quarantine");
    expect(status.quarantine).toMatchObject({ reason: "EncounteredQuarantineException", seriesCount: 1 });
    expect(status.quarantine.error.message).toMatch(/401/);
    await saveCredentials(scim.baseAddress, scim.token);
    await tenant.graph.runCycle();
    expect((await tenant.client.get(jobPath)).body.status).toMatchObject({ code: "Active", quarantine: null });
  });

  it("quarantines a job when a search returns 404", async () => {
    await start();
    scim.refuse = ({ method, path }) => (method === "GET" && path.includes("ada") ? 404 : undefined);
    await tenant.graph.runCycle();
    expect(record.job.status.code).toBe("Quarantine");
    scim.refuse = () => undefined;
    await tenant.client.post(`${jobPath}/start`);
    expect(record.job.status.quarantine).toBeNull();
  });

  it("quarantines a job when the endpoint does not use HTTPS", async () => {
    await saveCredentials("http://localhost:1/scim", scim.token);
    await start();
    const summary = await tenant.graph.runCycle();
    expect(summary.jobs[0]?.quarantine?.error?.message).toMatch(/https/);
  });
});

describe("accidental-deletion prevention", () => {
  const threshold = (value: number) => ({
    key: "SyncNotificationSettings",
    value: JSON.stringify({ DeleteThresholdEnabled: true, DeleteThresholdValue: value }),
  });
  const prevent = async (value: number) =>
    expect(
      (await tenant.client.put(`${principalPath}/synchronization/secrets`, { value: [threshold(value)] })).status,
    ).toBe(204);
  const active = () =>
    [...scim.users.values()].filter((user) => String(user["active"]).toLowerCase() !== "false").length;
  const status = async () => (await tenant.client.get(jobPath)).body.status;
  let members: string[];

  beforeEach(async () => {
    await quickstartMappings();
    await start();
    await tenant.graph.runCycle();
    members = ["ada.lovelace@corp.com", "bill.gates@corp.com", "zoe@corp.com"];
    await prevent(2);
  });

  it("disables as many users as the accidental-deletion threshold allows", async () => {
    const before = active();
    tenant.graph.state.removeMembers(tenant.graph.state.groupByName("platform-ssh").id, members.slice(0, 2));
    expect(await tenant.graph.runCycle()).toMatchObject({ disabled: 2, held: 0 });
    expect(active()).toBe(before - 2);
    expect((await status()).code).toBe("Active");
  });

  it("holds deletions above the threshold, continues other changes, and quarantines the job until the cause is fixed", async () => {
    const group = tenant.graph.state.groupByName("platform-ssh").id;
    const before = active();
    tenant.graph.state.removeMembers(group, members);
    tenant.graph.state.createUser({ userPrincipalName: "new.one@corp.com", displayName: "New", mail: "n@corp.com" });
    tenant.graph.state.addMembers(group, ["new.one@corp.com"]);
    expect(await tenant.graph.runCycle()).toMatchObject({ created: 1, disabled: 0, held: 3 });
    expect(active()).toBe(before + 1);
    expect(await status()).toMatchObject({ code: "Quarantine", quarantine: { reason: "TooManyDeletes" } });
    expect((await status()).quarantine.error.message).toMatch(/3 objects .* threshold of 2/);
    // A restart without a fix holds the deletions again.
    await start();
    expect(await tenant.graph.runCycle()).toMatchObject({ disabled: 0, held: 3 });
    tenant.graph.state.addMembers(group, members);
    expect(await tenant.graph.runCycle()).toMatchObject({ disabled: 0, held: 0 });
    expect(await status()).toMatchObject({ code: "Active", quarantine: null });
    expect(active()).toBe(before + 1);
  });

  it("counts disabled users and unassigned groups as deletions, and allows them after a restart with ForceDeletes", async () => {
    const [assignment] = (await tenant.client.get(`${principalPath}/appRoleAssignedTo`)).body.value;
    await tenant.client.delete(`${principalPath}/appRoleAssignedTo/${assignment.id}`);
    const before = active();
    const { held } = await tenant.graph.runCycle();
    expect(held).toBe(before + 1);
    expect([active(), scim.groups.size]).toEqual([before, 1]);
    await tenant.client.post(`${jobPath}/restart`, { criteria: { resetScope: "ForceDeletes, QuarantineState" } });
    expect(await tenant.graph.runCycle()).toMatchObject({ disabled: before, held: 0 });
    expect([active(), scim.groups.size]).toEqual([0, 0]);
  });

  it("holds no deletions when accidental-deletion prevention is off", async () => {
    const off = JSON.stringify({ DeleteThresholdEnabled: false, DeleteThresholdValue: 1 });
    await tenant.client.put(`${principalPath}/synchronization/secrets`, {
      value: [{ key: "SyncNotificationSettings", value: off }],
    });
    tenant.graph.state.removeMembers(tenant.graph.state.groupByName("platform-ssh").id, members);
    expect(await tenant.graph.runCycle()).toMatchObject({ disabled: 3, held: 0 });
  });
});

describe("runCycle", () => {
  it("rejects a cycle of a job that is missing or not active", async () => {
    expect((await tenant.graph.runCycle()).jobs).toEqual([]);
    await expect(tenant.graph.runCycle(record.job.id)).rejects.toThrow(/Disabled/);
    await expect(tenant.graph.runCycle("scim.x.y")).rejects.toThrow(/no synchronization job/);
  });
});
