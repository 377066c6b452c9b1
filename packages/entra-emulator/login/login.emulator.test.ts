import { createLocalJWKSet, decodeJwt, jwtVerify, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { send, startTestTenant, type Answer, type TestTenant } from "../testing";

let tenant: TestTenant;
beforeAll(async () => {
  tenant = await startTestTenant();
});
afterAll(() => tenant.close());

function get(path: string): Promise<Answer> {
  return send(tenant.authority.caPem, "GET", `${tenant.graph.url}${path}`);
}

function token(form: Record<string, string>, directory = tenant.graph.tenantId): Promise<Answer> {
  return send(tenant.authority.caPem, "POST", `${tenant.graph.url}/${directory}/oauth2/v2.0/token`, {
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({
      grant_type: "client_credentials",
      scope: `${tenant.graph.url}/.default`,
      client_id: tenant.graph.deployer.clientId,
      ...form,
    }).toString(),
  });
}

describe("cloud metadata", () => {
  it("returns the URLs of sign-in and Graph that azuread requires from its metadataHost", async () => {
    const { status, body } = await get("/metadata/endpoints?api-version=2022-09-01");
    expect(status).toBe(200);
    expect(body.name).not.toBe("");
    expect(body.resourceManager).toBe(tenant.graph.url);
    expect(body.microsoftGraphResourceId).toBe(tenant.graph.url);
    expect(body.authentication.loginEndpoint).toBe(tenant.graph.url);
  });
});

describe("discovery", () => {
  it("returns the issuer of the tenant when requested by tenant id and by domain name", async () => {
    const byId = await get(`/${tenant.graph.tenantId}/v2.0/.well-known/openid-configuration`);
    expect(byId.body.issuer).toBe(`${tenant.graph.url}/${tenant.graph.tenantId}/v2.0`);
    const byDomain = await get("/corp.com/v2.0/.well-known/openid-configuration");
    expect(byDomain.body).toEqual(byId.body);
  });

  it.each(["organizations", "common"])("returns an issuer with a placeholder for the tenant name %s", async (name) => {
    const { body } = await get(`/${name}/v2.0/.well-known/openid-configuration`);
    expect(body.issuer).toBe(`${tenant.graph.url}/{tenantid}/v2.0`);
  });

  it("rejects discovery for an unknown tenant with AADSTS90002", async () => {
    const { status, body } = await get("/5c9e7a3f-0000-4000-8000-000000000000/v2.0/.well-known/openid-configuration");
    expect(status).toBe(400);
    expect(body.error_codes).toEqual([90002]);
  });
});

describe("client credentials", () => {
  it("returns a token with the claims of caller, tenant, audience and permissions when the client secret is valid", async () => {
    const { status, body } = await token({ client_secret: tenant.graph.deployer.clientSecret });
    expect(status).toBe(200);
    expect(body.expires_in).toBeGreaterThanOrEqual(3600);
    const claims = decodeJwt(body.access_token as string);
    expect(claims).toMatchObject({
      aud: tenant.graph.url,
      oid: tenant.graph.deployer.objectId,
      tid: tenant.graph.tenantId,
      appid: tenant.graph.deployer.clientId,
    });
    expect(claims["roles"]).toContain("Synchronization.ReadWrite.All");
  });

  it.each([
    ["a wrong secret", { client_secret: "nope" }, 401, "invalid_client", 7000215],
    ["no secret", {}, 401, "invalid_client", 7000218],
    [
      "an unknown client",
      { client_id: "5c9e7a3f-0000-4000-8000-000000000000", client_secret: "x" },
      400,
      "unauthorized_client",
      700016,
    ],
    ["another grant", { grant_type: "password" }, 400, "unsupported_grant_type", 70003],
  ])("rejects a token request with %s with the error of Entra ID", async (_what, form, status, error, number) => {
    const answer = await token(form);
    expect(answer.status).toBe(status);
    expect(answer.body.error).toBe(error);
    expect(answer.body.error_description).toMatch(new RegExp(`^AADSTS${number}: `));
  });

  it("rejects a token request for another scope or another tenant", async () => {
    const secret = { client_secret: tenant.graph.deployer.clientSecret };
    expect((await token({ ...secret, scope: "https://other/.default" })).body.error).toBe("invalid_scope");
    expect((await token(secret, "nowhere.example")).body.error_codes).toEqual([90002]);
  });

  it("masks the client secret in the request log", async () => {
    await token({ client_secret: tenant.graph.deployer.clientSecret });
    const logged = tenant.graph.requests.find({ path: /token$/ });
    expect(logged.length).toBeGreaterThan(0);
    expect(JSON.stringify(logged)).not.toContain(tenant.graph.deployer.clientSecret);
    expect(logged.at(-1)?.body).toMatchObject({ client_secret: "***" });
  });

  it("accepts a federated assertion only when it matches a credential of the application", async () => {
    const application = tenant.graph.state.applicationByAppId(tenant.graph.deployer.clientId);
    const added = await tenant.client.post(`/v1.0/applications/${application?.id}/federatedIdentityCredentials`, {
      name: "ci",
      issuer: "https://token.actions.example",
      subject: "repo:corp/infra:environment:prod",
      audiences: ["api://AzureADTokenExchange"],
    });
    expect(added.status).toBe(201);
    const assertion = (subject: string) =>
      new SignJWT({ iss: "https://token.actions.example", sub: subject, aud: "api://AzureADTokenExchange" })
        .setProtectedHeader({ alg: "HS256" })
        .setExpirationTime("5m")
        .sign(new Uint8Array(32));
    const type = { client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" };
    const good = await token({ ...type, client_assertion: await assertion("repo:corp/infra:environment:prod") });
    expect(good.status).toBe(200);
    const bad = await token({ ...type, client_assertion: await assertion("repo:corp/infra:pull_request") });
    expect(bad.body.error_codes).toEqual([700213]);
  });
});

describe("Graph", () => {
  it("returns 401 for a Graph request without a token or with a token of another issuer", async () => {
    expect((await get("/v1.0/groups")).status).toBe(401);
    const foreign = await new SignJWT({ aud: tenant.graph.url, oid: "x" })
      .setProtectedHeader({ alg: "HS256" })
      .sign(new Uint8Array(32));
    const answer = await send(tenant.authority.caPem, "GET", `${tenant.graph.url}/v1.0/groups`, {
      headers: { authorization: `Bearer ${foreign}` },
    });
    expect(answer.status).toBe(401);
    expect(answer.body.error.code).toBe("InvalidAuthenticationToken");
  });
});

describe("ID tokens", () => {
  async function client(required = false): Promise<{ appId: string; principalId: string }> {
    const app = await tenant.client.post("/v1.0/applications", { displayName: "Smallstep SSH" });
    const principal = await tenant.client.post("/v1.0/servicePrincipals", {
      appId: app.body.appId,
      appRoleAssignmentRequired: required,
    });
    return { appId: String(app.body.appId), principalId: String(principal.body.id) };
  }

  it("issues ID tokens that verify against the published keys and contain the email only of users with a mail", async () => {
    const { appId } = await client();
    const { body: configuration } = await get(`/${tenant.graph.tenantId}/v2.0/.well-known/openid-configuration`);
    const { body: keys } = await send(tenant.authority.caPem, "GET", String(configuration.jwks_uri));
    const idToken = await tenant.graph.idToken("ada.lovelace@corp.com", appId);
    const { payload } = await jwtVerify(idToken, createLocalJWKSet(keys), {
      issuer: String(configuration.issuer),
      audience: appId,
    });
    expect(payload["email"]).toBe("ada.lovelace@corp.com");
    const without = decodeJwt(await tenant.graph.idToken("no.mail@corp.com", appId));
    expect(without).not.toHaveProperty("email");
    expect(without["preferred_username"]).toBe("no.mail@corp.com");
  });

  it("rejects an ID token for a client without a service principal, a disabled user and an unassigned user", async () => {
    const app = await tenant.client.post("/v1.0/applications", { displayName: "No principal" });
    await expect(tenant.graph.idToken("ada.lovelace@corp.com", String(app.body.appId))).rejects.toThrow(/not found/);
    const { appId, principalId } = await client(true);
    await expect(tenant.graph.idToken("disabled.early@corp.com", appId)).rejects.toThrow(/disabled/);
    await expect(tenant.graph.idToken("ada.lovelace@corp.com", appId)).rejects.toThrow(/not assigned/);
    const assigned = await tenant.client.post(`/v1.0/servicePrincipals/${principalId}/appRoleAssignedTo`, {
      principalId: tenant.graph.state.groupByName("platform-ssh").id,
      resourceId: principalId,
      appRoleId: "00000000-0000-0000-0000-000000000000",
    });
    expect(assigned.status).toBe(201);
    await expect(tenant.graph.idToken("ada.lovelace@corp.com", appId)).resolves.toMatch(/^ey/);
    await expect(tenant.graph.idToken("carol.contractor@corp.com", appId)).rejects.toThrow(/not assigned/);
  });
});
