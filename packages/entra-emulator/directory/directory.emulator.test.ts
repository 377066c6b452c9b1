import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startTestTenant, type TestTenant } from "../testing";

let tenant: TestTenant;
beforeAll(async () => {
  tenant = await startTestTenant();
});
afterAll(() => tenant.close());

const unknown = "5c9e7a3f-0000-4000-8000-000000000000";

describe("users", () => {
  it("lists users in pages, each user once, with the default properties only", async () => {
    const seen: string[] = [];
    for (let next: string | undefined = "/v1.0/users?$top=25"; next;) {
      const { status, body } = await tenant.client.get(next);
      expect(status).toBe(200);
      seen.push(...body.value.map((user: { id: string }) => user.id));
      expect(body.value[0]).not.toHaveProperty("accountEnabled");
      next = body["@odata.nextLink"];
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBe(tenant.graph.state.users.size);
    expect(seen.length).toBeGreaterThanOrEqual(60);
  });

  it("filters users without regard to case and with escaped quotes, and selects their properties", async () => {
    const filter = encodeURIComponent("userPrincipalName eq 'CONAN.O''BRIEN@corp.com'");
    const { body } = await tenant.client.get(`/v1.0/users?$filter=${filter}&$select=id,accountEnabled,mail`);
    expect(body.value).toEqual([{ id: expect.any(String), accountEnabled: true, mail: "conan.o'brien@corp.com" }]);
  });

  it("returns a user by UPN when the user is a guest", async () => {
    const { body } = await tenant.client.get(
      `/v1.0/users/${encodeURIComponent("frieda.gast_partner.example#EXT#@corpsandbox.onmicrosoft.com")}?$select=userType`,
    );
    expect(body.userType).toBe("Guest");
  });

  it.each([
    ["/v1.0/users?$filter=nonsense eq 'x'", 400],
    ["/v1.0/users?$filter=mail eq unquoted", 400],
    ["/v1.0/users?$select=nonsense", 400],
    ["/v1.0/users?$top=1000", 400],
    ["/v1.0/users?$skiptoken=abc", 400],
    ["/v1.0/users?$filter=endswith(mail,'@corp.com')", 400],
    [`/v1.0/users/${unknown}`, 404],
  ])("rejects GET %s with %i", async (path, status) => {
    const answer = await tenant.client.get(path.replaceAll(" ", "%20"));
    expect(answer.status).toBe(status);
    expect(answer.body.error.code).not.toBe("");
  });

  it("returns the manager of a user, or 404 when there is none", async () => {
    expect((await tenant.client.get("/v1.0/users/ada.lovelace@corp.com/manager")).body.userPrincipalName).toBe(
      "bill.gates@corp.com",
    );
    expect((await tenant.client.get("/v1.0/users/bill.gates@corp.com/manager")).status).toBe(404);
  });
});

describe("groups", () => {
  it("creates, updates and deletes a group and its members with the requests of azuread", async () => {
    const owner = tenant.graph.deployer.objectId;
    const created = await tenant.client.post("/beta/groups", {
      "@odata.type": "#microsoft.graph.group",
      displayName: "ssh",
      description: null,
      groupTypes: [],
      isAssignableToRole: false,
      mailEnabled: false,
      mailNickname: "f0b1d7f2-a",
      membershipRule: null,
      resourceBehaviorOptions: [],
      resourceProvisioningOptions: [],
      securityEnabled: true,
      "owners@odata.bind": [`${tenant.graph.url}/beta/directoryObjects/${owner}`],
    });
    expect(created.status).toBe(201);
    const path = `/beta/groups/${created.body.id}`;
    expect((await tenant.client.patch(path, { displayName: "TERRAFORM_UPDATE_x" })).status).toBe(204);
    expect((await tenant.client.get(path)).body).toMatchObject({
      displayName: "TERRAFORM_UPDATE_x",
      membershipRule: null,
      description: null,
    });
    expect((await tenant.client.get(`${path}/owners`)).body.value).toMatchObject([
      { "@odata.type": "#microsoft.graph.servicePrincipal", id: owner },
    ]);
    const member = tenant.graph.state.user("ada.lovelace@corp.com").id;
    const reference = { "@odata.id": `${tenant.graph.url}/beta/directoryObjects/${member}` };
    expect((await tenant.client.post(`${path}/members/$ref`, reference)).status).toBe(204);
    expect((await tenant.client.post(`${path}/members/$ref`, reference)).status).toBe(400);
    expect((await tenant.client.get(`${path}/members`)).body.value).toMatchObject([
      { "@odata.type": "#microsoft.graph.user", id: member },
    ]);
    expect((await tenant.client.delete(`${path}/members/${member}/$ref`)).status).toBe(204);
    expect((await tenant.client.delete(`${path}/members/${member}/$ref`)).status).toBe(404);
    expect((await tenant.client.get(`${path}/memberOf`)).body.value).toEqual([]);
    expect((await tenant.client.delete(path)).status).toBe(204);
    expect((await tenant.client.get(path)).status).toBe(404);
  });

  it("distinguishes direct and nested members of a group", async () => {
    const { id } = tenant.graph.state.groupByName("platform-ssh");
    const upns = async (kind: string): Promise<string[]> =>
      (await tenant.client.get(`/v1.0/groups/${id}/${kind}?$top=999`)).body.value.map(
        (one: { userPrincipalName?: string }) => one.userPrincipalName,
      );
    expect(await upns("members")).not.toContain("carol.contractor@corp.com");
    expect(await upns("transitiveMembers")).toContain("carol.contractor@corp.com");
    const check = async (who: string, groupIds: string[]) =>
      tenant.client.post(`/v1.0/users/${who}/checkMemberGroups`, { groupIds });
    const another = tenant.graph.state.groupByName("contractors").id;
    expect((await check("carol.contractor@corp.com", [id, another])).body.value).toEqual([id, another]);
    expect((await check("no.mail@corp.com", [another])).body.value).toEqual([]);
    expect((await check("nobody@elsewhere.com", [another])).status).toBe(404);
    expect((await check("carol.contractor@corp.com", [])).status).toBe(400);
  });

  it("filters groups by two properties and allows duplicate display names", async () => {
    const filter = encodeURIComponent("displayName eq 'operators' and securityEnabled eq true");
    expect((await tenant.client.get(`/beta/groups?$filter=${filter}`)).body.value).toHaveLength(2);
  });

  it.each([
    [{ displayName: "x", mailEnabled: false, mailNickname: "with blank", securityEnabled: true }],
    [{ displayName: "x", mailEnabled: false, securityEnabled: true }],
    [{ displayName: "x", mailEnabled: false, mailNickname: "x", securityEnabled: true, colour: "red" }],
    [{ displayName: "x", mailEnabled: false, mailNickname: "x", securityEnabled: "true" }],
  ])("rejects the invalid group %o", async (body) => {
    expect((await tenant.client.post("/v1.0/groups", body)).status).toBe(400);
  });
});

describe("applications", () => {
  it("keeps properties of an application that a PATCH omits, and copies changes to the service principal", async () => {
    const { body: application } = await tenant.client.post("/v1.0/applications", {
      displayName: "Smallstep SSH",
      publicClient: { redirectUris: ["http://127.0.0.1"] },
      optionalClaims: { idToken: [{ name: "email", essential: true }] },
    });
    expect(application.groupMembershipClaims).toBeNull();
    expect(application.api.requestedAccessTokenVersion).toBeNull();
    const { body: principal } = await tenant.client.post("/v1.0/servicePrincipals", { appId: application.appId });
    const change = {
      displayName: "Renamed",
      web: { "@odata.type": "#microsoft.graph.webApplication", homePageUrl: "https://x" },
    };
    expect((await tenant.client.patch(`/v1.0/applications/${application.id}`, change)).status).toBe(204);
    const after = (await tenant.client.get(`/v1.0/applications/${application.id}`)).body;
    expect(after.publicClient.redirectUris).toEqual(["http://127.0.0.1"]);
    expect(after.web).toMatchObject({ homePageUrl: "https://x", redirectUris: [] });
    expect(after.web).not.toHaveProperty("@odata.type");
    expect((await tenant.client.get(`/v1.0/servicePrincipals/${principal.id}`)).body.displayName).toBe("Renamed");
    expect((await tenant.client.post("/v1.0/servicePrincipals", { appId: application.appId })).status).toBe(409);
    expect((await tenant.client.delete(`/v1.0/applications/${application.id}`)).status).toBe(204);
    expect((await tenant.client.get(`/v1.0/servicePrincipals/${principal.id}`)).status).toBe(404);
  });

  it("merges complex properties, replaces other objects, resets properties set to null, and finds objects by appId", async () => {
    const { body: application } = await tenant.client.post("/v1.0/applications", {
      displayName: "Complex",
      tags: ["one"],
      optionalClaims: { idToken: [{ name: "email" }] },
      web: { redirectUris: ["https://x/"], implicitGrantSettings: { enableIdTokenIssuance: true } },
    });
    const path = `/v1.0/applications(appId='${application.appId}')`;
    const web = { homePageUrl: "https://x", implicitGrantSettings: { enableAccessTokenIssuance: true } };
    const change = { tags: null, optionalClaims: { accessToken: [] }, web, spa: null };
    expect((await tenant.client.patch(path, change)).status).toBe(204);
    expect((await tenant.client.get(path)).body).toMatchObject({
      id: application.id,
      tags: [],
      spa: { redirectUris: [] },
      web: {
        homePageUrl: "https://x",
        redirectUris: ["https://x/"],
        implicitGrantSettings: { enableAccessTokenIssuance: true, enableIdTokenIssuance: true },
      },
    });
    expect((await tenant.client.get(path)).body.optionalClaims).toEqual({ accessToken: [] });
    expect((await tenant.client.patch(path, { appId: unknown })).status).toBe(400);
    expect((await tenant.client.patch(path, { notes: "kept out", signInAudience: "Everyone" })).status).toBe(400);
    expect((await tenant.client.get(path)).body.notes).toBeNull();
  });

  it("returns a client secret only once, keeps its dates, and removes it", async () => {
    const { body: application } = await tenant.client.post("/v1.0/applications", { displayName: "With secret" });
    const path = `/v1.0/applications/${application.id}`;
    const { body: password } = await tenant.client.post(`${path}/addPassword`, {
      passwordCredential: { displayName: "stack", endDateTime: "2099-01-01T00:00:00Z" },
    });
    expect(password.secretText).toMatch(/^.{32,}$/);
    const [credential] = (await tenant.client.get(path)).body.passwordCredentials;
    expect(credential).toMatchObject({ keyId: password.keyId, endDateTime: "2099-01-01T00:00:00Z", secretText: null });
    expect((await tenant.client.post(`${path}/removePassword`, { keyId: password.keyId })).status).toBe(204);
    expect((await tenant.client.get(path)).body.passwordCredentials).toEqual([]);
    expect((await tenant.client.post(`${path}/removePassword`, { keyId: password.keyId })).status).toBe(400);
  });

  it("deletes an app role only when it is disabled", async () => {
    const { applicationId, servicePrincipalId } = await tenant.enterpriseApp();
    const path = `/v1.0/applications/${applicationId}`;
    const roles = (await tenant.client.get(path)).body.appRoles as Record<string, unknown>[];
    const refused = await tenant.client.patch(path, { appRoles: [] });
    expect(refused.status).toBe(400);
    expect(refused.body.error.message).toMatch(/disabled first/);
    const disabled = roles.map((role) => ({ ...role, isEnabled: false }));
    expect((await tenant.client.patch(path, { appRoles: disabled })).status).toBe(204);
    expect((await tenant.client.patch(path, { appRoles: [] })).status).toBe(204);
    expect((await tenant.client.get(`/v1.0/servicePrincipals/${servicePrincipalId}`)).body.appRoles).toEqual([]);
  });

  it("creates an application with the id, roles and tags of the template, and finds it by them", async () => {
    const { applicationId, servicePrincipalId } = await tenant.enterpriseApp("TERRAFORM_INSTANTIATE_1");
    const template = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621";
    const filter = encodeURIComponent(
      `applicationTemplateId eq '${template}' and displayName eq 'TERRAFORM_INSTANTIATE_1'`,
    );
    const { body } = await tenant.client.get(`/v1.0/applications?$filter=${filter}`);
    expect(body.value).toMatchObject([{ id: applicationId, applicationTemplateId: template }]);
    const principal = (await tenant.client.get(`/v1.0/servicePrincipals/${servicePrincipalId}`)).body;
    expect(principal.appRoles.map((role: { displayName: string }) => role.displayName)).toEqual([
      "User",
      "msiam_access",
    ]);
    expect(principal).toMatchObject({ appRoleAssignmentRequired: true, applicationTemplateId: template });
    const metadata = await tenant.client.get(`/beta/servicePrincipals/${servicePrincipalId}?$select=samlMetadataUrl`);
    expect(metadata.body.samlMetadataUrl).toBeNull();
    const tag = encodeURIComponent("tags/any(t:t eq 'WindowsAzureActiveDirectoryIntegratedApp')");
    const tagged = (await tenant.client.get(`/v1.0/servicePrincipals?$filter=${tag}`)).body.value;
    expect(tagged.map((one: { id: string }) => one.id)).toContain(servicePrincipalId);
  });
});

describe("assignments", () => {
  it("assigns a principal only to an app role that the application has", async () => {
    const { servicePrincipalId } = await tenant.enterpriseApp();
    const path = `/v1.0/servicePrincipals/${servicePrincipalId}/appRoleAssignedTo`;
    const principalId = tenant.graph.state.groupByName("platform-ssh").id;
    const give = (appRoleId: string) =>
      tenant.client.post(path, { principalId, resourceId: servicePrincipalId, appRoleId });
    expect((await give("00000000-0000-0000-0000-000000000000")).status).toBe(400);
    expect((await give(unknown)).status).toBe(400);
    const made = await give("18d14569-c3bd-439b-9a66-3a2aee01d14f");
    expect(made.status).toBe(201);
    expect(made.body.id).toMatch(/^[A-Za-z0-9_-]+$/);
    expect((await give("18d14569-c3bd-439b-9a66-3a2aee01d14f")).status).toBe(400);
    expect((await tenant.client.get(`${path}/${made.body.id}`)).body).toMatchObject({
      principalType: "Group",
      principalDisplayName: "platform-ssh",
    });
    expect((await tenant.client.delete(`${path}/${made.body.id}`)).status).toBe(204);
    expect((await tenant.client.delete(`${path}/${made.body.id}`)).status).toBe(404);
  });

  it("rejects an assignment of an unknown principal with the error message that azuread retries on", async () => {
    const { servicePrincipalId } = await tenant.enterpriseApp();
    const answer = await tenant.client.post(`/v1.0/servicePrincipals/${servicePrincipalId}/appRoleAssignedTo`, {
      principalId: unknown,
      resourceId: servicePrincipalId,
      appRoleId: "18d14569-c3bd-439b-9a66-3a2aee01d14f",
    });
    expect(answer.body.error.message).toBe("Not a valid reference update.");
  });

  it("rejects a duplicate delegated permission grant for a client and resource", async () => {
    const { servicePrincipalId } = await tenant.enterpriseApp();
    const graph = tenant.graph.state.servicePrincipalByAppId("00000003-0000-0000-c000-000000000000")?.id;
    const body = {
      clientId: servicePrincipalId,
      resourceId: graph,
      consentType: "AllPrincipals",
      scope: "openid email",
    };
    const made = await tenant.client.post("/v1.0/oauth2PermissionGrants", body);
    expect(made.status).toBe(201);
    expect((await tenant.client.post("/v1.0/oauth2PermissionGrants", body)).status).toBe(409);
    const path = `/v1.0/oauth2PermissionGrants/${made.body.id}`;
    await tenant.client.patch(path, { scope: "openid" });
    expect((await tenant.client.get(path)).body.scope).toBe("openid");
    expect((await tenant.client.delete(path)).status).toBe(204);
  });
});

describe("other directory objects", () => {
  it("returns domains with the properties that azuread reads, and directory objects with their type", async () => {
    const { body } = await tenant.client.get("/v1.0/domains");
    expect(body.value.find((one: { isDefault: boolean }) => one.isDefault)).toMatchObject({
      id: "corp.com",
      isVerified: true,
      isRoot: true,
      isAdminManaged: true,
      authenticationType: "Managed",
    });
    const { id } = tenant.graph.state.user("zoe@corp.com");
    expect((await tenant.client.get(`/v1.0/directoryObjects/${id}`)).body["@odata.type"]).toBe("#microsoft.graph.user");
    expect((await tenant.client.get(`/v1.0/directoryObjects/${unknown}`)).status).toBe(404);
  });

  it("returns 400 for an unknown path or invalid JSON, and 404 for an unsupported method", async () => {
    expect((await tenant.client.get("/v1.0/nonsense")).status).toBe(400);
    expect((await tenant.client.put("/v1.0/groups", {})).status).toBe(404);
    expect((await tenant.client.post("/v1.0/groups", "{not json")).status).toBe(400);
  });
});

describe("permissions", () => {
  it.each([
    ["Application.Read.All", "GET", "/v1.0/users"],
    ["User.Read.All", "GET", "/v1.0/applications"],
    ["Group.Read.All", "POST", "/v1.0/groups"],
    ["Application.ReadWrite.All", "POST", "/v1.0/oauth2PermissionGrants"],
    ["Domain.Read.All", "GET", "/v1.0/groups"],
  ])("returns 403 when a client has only %s and calls %s %s", async (permission, method, path) => {
    const answer = await tenant.clientWith(permission).call(method, path, method === "POST" ? {} : undefined);
    expect(answer.status).toBe(403);
    expect(answer.body.error.code).toBe("Authorization_RequestDenied");
    expect(answer.body.error.innerError["request-id"]).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("allows Application.ReadWrite.OwnedBy only for objects that the caller owns", async () => {
    const owner = tenant.clientWith("Application.ReadWrite.OwnedBy");
    const mine = await owner.post("/v1.0/applications", { displayName: "Mine" });
    expect(mine.status).toBe(201);
    expect((await owner.patch(`/v1.0/applications/${mine.body.id}`, { notes: "x" })).status).toBe(204);
    const { applicationId } = await tenant.enterpriseApp("Not mine");
    expect((await owner.patch(`/v1.0/applications/${applicationId}`, { notes: "x" })).status).toBe(403);
  });
});
