import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { UsernameReport } from "entra-mappings";
import { openGraph } from "@smallstep-ssh/usersync/openGraph";
import { startTestTenant, type TestTenant } from "entra-emulator/testing";
import { graphDirectory } from "./graph";
import type { GraphDirectory } from "./run";
import type { RunResult } from "../test/terminal";
import { runUsernames } from "./testing";

let tenant: TestTenant;
let assigned: string;
beforeAll(async () => {
  tenant = await startTestTenant();
  ({ servicePrincipalId: assigned } = await tenant.enterpriseApp());
});
afterAll(() => tenant.close());

const idOf = async (kind: "groups" | "users", filter: string): Promise<string> => {
  const { body } = await tenant.client.get(`/v1.0/${kind}?$filter=${encodeURIComponent(filter)}`);
  return String(body.value[0].id);
};

function fromGraph(credentials = tenant.graph.deployer): GraphDirectory {
  const { metadataHost, tenantId } = tenant.graph;
  const { clientId, clientSecret } = credentials;
  const settings = { metadataHost, tenantId, clientId, clientSecret };
  const options = {
    trust: tenant.authority.caPem,
    times: { firstMs: 1, maxRetryAfterMs: 2000, requestMs: 20_000 },
    env: {},
  };
  return (given) => Promise.resolve(graphDirectory({ ...given, open: () => openGraph(settings, options) }));
}
const graph = (argv: string[]): Promise<RunResult> => runUsernames(argv, { fromGraph: fromGraph() });

async function reportOf(argv: string[]): Promise<UsernameReport> {
  const { out, err } = await graph([...argv, "--format", "json", "--list", "all"]);
  expect(err).toBe("");
  return JSON.parse(out) as UsernameReport;
}

describe("npm run usernames with Microsoft Graph", () => {
  it("reports the direct members of groups, and lists nested groups with the users they exclude", async () => {
    const report = await reportOf([
      "--group",
      "platform-ssh",
      "--group",
      await idOf("groups", "displayName eq 'platform-sudo'"),
    ]);
    expect(report.nestedGroups).toMatchObject([{ name: "contractors", parent: "platform-ssh" }]);
    expect(report.totals).toMatchObject({ users: 12, findings: { nested: 2, noMail: 1, duplicateEntry: 0 } });
    expect(report.users.find(({ user }) => user.startsWith("bill.gates"))?.name).toBe("bill.gates");
    const nested = report.users.filter(({ findings }) => findings.some(({ kind }) => kind === "nested"));
    expect(nested.map(({ name }) => name)).toEqual([null, null]);
  });

  it("requests only the required properties of members, in pages of 999", async () => {
    tenant.graph.requests.clear();
    await reportOf(["--group", "platform-ssh", "--expression", 'Join(".", [givenName], [surname])']);
    const [asked] = tenant.graph.requests.all().filter(({ path }) => path.endsWith("/members"));
    const query = new URLSearchParams(asked?.query ?? "");
    expect(query.get("$select")?.split(",").sort()).toEqual(
      ["accountEnabled", "displayName", "givenName", "id", "mail", "surname", "userPrincipalName", "userType"].sort(),
    );
    expect(query.get("$top")).toBe("999");
  });

  it("reports each user who is assigned to the application directly or through a group once", async () => {
    const role = (await tenant.client.get(`/v1.0/servicePrincipals/${assigned}`)).body.appRoles.find(
      ({ isEnabled }: { isEnabled: boolean }) => isEnabled,
    );
    const assign = async (principalId: string) => {
      const { status } = await tenant.client.post(`/v1.0/servicePrincipals/${assigned}/appRoleAssignedTo`, {
        principalId,
        resourceId: assigned,
        appRoleId: role.id,
      });
      expect(status).toBe(201);
    };
    expect((await graph(["--app", assigned])).err).toMatch(/^No user or group is assigned to the application /);
    await assign(await idOf("groups", "displayName eq 'platform-sudo'"));
    await assign(await idOf("users", "startsWith(userPrincipalName,'bill.gates@')"));
    await assign(await idOf("users", "startsWith(userPrincipalName,'ada.lovelace@')"));
    const report = await reportOf(["--app", assigned]);
    expect(report.users.map(({ name }) => name).sort()).toEqual(["ada.lovelace", "bill.gates", "grace.hopper"]);
  });

  it("reports all missing and ambiguous groups together", async () => {
    const missing = "00000000-0000-4000-8000-000000000000";
    const { code, err } = await graph(["--group", "no such", "--group", "operators", "--group", missing]);
    expect(code).toBe(2);
    expect(err.trim().split("\n")).toEqual([
      "--group no such: the directory has no group with this name.",
      expect.stringMatching(/^--group operators: 2 groups have this name; give the object id of one: \S+, \S+\.$/),
      `--group ${missing}: the directory has no group with this object id.`,
    ]);
    expect((await graph(["--app", missing])).err).toMatch(/no service principal with this object id/);
  });

  it("waits as long as Graph asks when it throttles the member request", async () => {
    const fault = tenant.graph.faults.inject({ path: /\/members$/ }, { kind: "throttle", retryAfter: 1 });
    const report = await reportOf(["--group", "platform-sudo"]);
    expect([report.totals.users, fault.hits]).toEqual([2, 1]);
    tenant.graph.faults.clear();
  });

  it("names the missing Graph permission", async () => {
    const client = tenant.graph.addClient({ permissions: ["Application.Read.All"] });
    const { code, err } = await runUsernames(["--group", "platform-ssh"], { fromGraph: fromGraph(client) });
    expect(code).toBe(2);
    expect(err).toMatch(/GroupMember\.Read\.All/);
  });

  it("names the invalid credential setting", async () => {
    const open = () => openGraph({ useCli: false }, { env: { ARM_TENANT_ID: "not a tenant" } });
    const { code, err } = await runUsernames(["--group", "g"], {
      fromGraph: (given) => Promise.resolve(graphDirectory({ ...given, open })),
    });
    expect(code).toBe(2);
    expect(err).toMatch(/^tenantId "not a tenant" is neither a GUID nor a domain of a tenant\.$/m);
  });
});
