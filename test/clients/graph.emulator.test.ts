import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestTenant, type TestTenant } from "entra-emulator/testing";
import { pythonClient, type PythonClient } from "./python";

interface GraphCall {
  users: string[];
  groups: string[];
  applications: string[];
  servicePrincipals: string[];
  user: { id: string; mail: string; displayName: string };
  members: string[];
  memberTypes: string[];
  assignments: { principal: string; role: string; type: string }[];
  roles: Record<string, string>;
  jobs: { templateId: string; state: string }[];
}

describe("Microsoft Graph SDK for Python with the Graph emulator", () => {
  let client: PythonClient | string;
  let tenant: TestTenant;
  beforeAll(async () => {
    client = await pythonClient("graph");
    if (typeof client !== "string") tenant = await startTestTenant();
  }, 600_000);
  afterAll(() => tenant?.close());

  it(
    "lists and shows users, groups, members, applications, assignments and jobs",
    { timeout: 300_000 },
    async (context) => {
      if (typeof client === "string") return context.skip(client);
      const { state, url, tenantId, deployer } = tenant.graph;
      const group = state.groupByName("platform-ssh");
      const { servicePrincipalId } = await tenant.enterpriseApp();
      const principal = `/v1.0/servicePrincipals/${servicePrincipalId}`;
      const { appRoles } = (await tenant.client.get(principal)).body as {
        appRoles: { id: string; displayName: string }[];
      };
      const role = appRoles.find(({ displayName }) => displayName === "User")?.id;
      const assignment = { principalId: group.id, resourceId: servicePrincipalId, appRoleId: role };
      expect((await tenant.client.post(`${principal}/appRoleAssignedTo`, assignment)).status).toBe(201);
      expect((await tenant.client.post(`${principal}/synchronization/jobs`, { templateId: "scim" })).status).toBe(201);

      const { code, stdout, stderr } = await client.run([path.join(__dirname, "graph_sdk.py")], {
        SSL_CERT_FILE: tenant.authority.trustEnvironment().SSL_CERT_FILE,
        GRAPH_URL: url,
        GRAPH_TENANT: tenantId,
        GRAPH_CLIENT_ID: deployer.clientId,
        GRAPH_CLIENT_SECRET: deployer.clientSecret,
        GRAPH_CA: tenant.authority.caFile,
        SHOW_USER: "ada.lovelace@corp.com",
        SHOW_GROUP: group.id,
        SHOW_PRINCIPAL: servicePrincipalId,
      });
      expect(stderr).toBe("");
      expect(code).toBe(0);
      const found = JSON.parse(stdout) as GraphCall;
      const all = <T>(items: Map<string, T>, key: (one: T) => string) => [...items.values()].map(key).sort();
      expect([...found.users].sort()).toEqual(all(state.users, (one) => one.userPrincipalName));
      expect(found.groups).toEqual(all(state.groups, ({ id }) => id));
      expect([...found.applications].sort()).toEqual(all(state.applications, ({ appId }) => appId));
      expect(found.servicePrincipals).toEqual(all(state.servicePrincipals, ({ id }) => id));
      const ada = state.user("ada.lovelace@corp.com");
      expect(found.user).toEqual({ id: ada.id, mail: ada.mail, displayName: ada.displayName });
      expect(found.members.length).toBeGreaterThan(5);
      expect(found.memberTypes).toEqual(expect.arrayContaining(["User"]));
      expect(found.roles["User"]).toBe(role);
      expect(found.assignments).toEqual([{ principal: group.id, role, type: "Group" }]);
      expect(found.jobs).toEqual([{ templateId: "scim", state: "Disabled" }]);
    },
  );
});
