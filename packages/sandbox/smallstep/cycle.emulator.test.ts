import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { mapping, startTestTenant, type TestTenant } from "entra-emulator/testing";
import { startSmallstep, type Smallstep } from "./smallstep";

const quickstart = [
  mapping("userName", 'ToLower(Replace([userPrincipalName], , "(?<Suffix>@(.)*)", "Suffix", "", , ))', 1),
  mapping("active", "Not([IsSoftDeleted])"),
  mapping("displayName", "[displayName]"),
  mapping('emails[type eq "work"].value', "[mail]"),
  mapping("name.givenName", "[givenName]"),
  mapping("name.familyName", "[surname]"),
];

let dir: string;
let tenant: TestTenant;
let smallstep: Smallstep;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "smallstep-cycle-"));
  tenant = await startTestTenant();
  smallstep = await startSmallstep({ authority: tenant.authority, dir });
});
afterAll(async () => {
  await smallstep?.close();
  await tenant?.close();
  rmSync(dir, { recursive: true, force: true });
});

/** Creates and starts the job of an enterprise app to which the group platform-ssh is assigned. Returns the job's id. */
async function startJob(
  target: { id: string; token: string },
  options: { flags?: string; mappings?: unknown[] },
): Promise<string> {
  const { client, graph } = tenant;
  const { servicePrincipalId } = await tenant.enterpriseApp(`sync-${target.id}`);
  const principal = `/v1.0/servicePrincipals/${servicePrincipalId}`;
  const job = await client.post(`${principal}/synchronization/jobs`, { templateId: "scim" });
  const path = `${principal}/synchronization/jobs/${job.body.id}`;
  await client.post(`${principal}/appRoleAssignedTo`, {
    principalId: graph.state.groupByName("platform-ssh").id,
    resourceId: servicePrincipalId,
    appRoleId: "18d14569-c3bd-439b-9a66-3a2aee01d14f",
  });
  const value = [
    { key: "BaseAddress", value: `${smallstep.scim.baseUrl}/${target.id}/v2${options.flags ?? ""}` },
    { key: "SecretToken", value: target.token },
  ];
  expect((await client.put(`${principal}/synchronization/secrets`, { value })).status).toBe(204);
  if (options.mappings) {
    const { body: schema } = await client.get(`${path}/schema`);
    schema.synchronizationRules[0].objectMappings[0].attributeMappings = options.mappings;
    expect((await client.put(`${path}/schema`, schema)).status).toBe(204);
  }
  expect((await client.post(`${path}/start`)).status).toBe(204);
  return String(job.body.id);
}

const userNames = (id: string) => smallstep.scim.users(id).map((user) => String(user["userName"]));
const user = (id: string, userName: string) => smallstep.scim.users(id).find((one) => one["userName"] === userName);

describe.each([
  { name: "without the flag aadOptscim062020", flags: "", which: "directory" as const },
  { name: "with the flag aadOptscim062020", flags: "?aadOptscim062020", which: "otherDirectory" as const },
])("provisioning cycles, $name", ({ flags, which }) => {
  it("provisions users and groups, their changes, deactivation and reactivation", async () => {
    const target = smallstep[which];
    const { state } = tenant.graph;
    const jobId = await startJob(target, { flags, mappings: quickstart });
    const first = await tenant.graph.runCycle(jobId);
    expect(first).toMatchObject({ failed: 0, created: 10 });
    expect(userNames(target.id)).toContain("bill.gates");
    expect(userNames(target.id)).toContain("conan.o'brien");
    expect(user(target.id, "no.mail")).not.toHaveProperty("emails");
    const [group] = smallstep.scim.groups(target.id);
    expect(group).toMatchObject({ displayName: "platform-ssh" });
    expect(group?.["members"]).toHaveLength(9);

    state.updateUser("ada.lovelace@corp.com", { surname: "Byron", displayName: "Ada Byron" });
    state.updateUser("no.mail@corp.com", { mail: "no.mail@corp.com" });
    const groupId = state.groupByName("platform-ssh").id;
    state.removeMembers(groupId, ["zoe@corp.com"]);
    expect((await tenant.graph.runCycle(jobId)).failed).toBe(0);
    expect(user(target.id, "ada.lovelace")).toMatchObject({ displayName: "Ada Byron", name: { familyName: "Byron" } });
    expect(user(target.id, "no.mail")).toMatchObject({ emails: [{ type: "work", value: "no.mail@corp.com" }] });
    expect(user(target.id, "zoe")).toMatchObject({ active: false });
    expect(smallstep.scim.groups(target.id)[0]?.["members"]).toHaveLength(8);

    state.addMembers(groupId, ["zoe@corp.com"]);
    expect((await tenant.graph.runCycle(jobId)).failed).toBe(0);
    expect(user(target.id, "zoe")).toMatchObject({ active: true });
    expect(smallstep.scim.groups(target.id)[0]?.["members"]).toHaveLength(9);
    expect(userNames(target.id)).toHaveLength(9);

    state.updateUser("ada.lovelace@corp.com", { surname: "Lovelace", displayName: "Ada Lovelace" });
    state.updateUser("no.mail@corp.com", { mail: null });
  });
});

it("provisions users with the template's own mappings, including manager and enterprise extension", async () => {
  const id = "5f3f0b1e-4b1c-4f6e-9d7c-0f4f1f9f2f10";
  const token = "a-third-directory";
  await smallstep.query("insert into directories (id, team_id, name) select $1, id, 'third' from teams limit 1", [id]);
  await smallstep.query("insert into scim_logins (directory_id, token) values ($1, $2)", [id, token]);
  const jobId = await startJob({ id, token }, {});
  const summary = await tenant.graph.runCycle(jobId);
  expect(summary).toMatchObject({ failed: 0 });
  const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
  expect(user(id, "bill.gates@corp.com")).toMatchObject({
    title: "Founder",
    [enterprise]: { department: "Executive" },
  });
  expect(user(id, "ada.lovelace@corp.com")).toMatchObject({
    [enterprise]: { manager: { value: user(id, "bill.gates@corp.com")?.["id"] } },
  });
});
