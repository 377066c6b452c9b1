import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { openGraph } from "@smallstep-ssh/usersync/openGraph";
import { type TestTenant, startTestTenant } from "entra-emulator/testing";
import { finders } from "./creations";
import type { Inputs, Sources } from "./types";

const template = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621";

let tenant: TestTenant;
let sources: Sources;
beforeAll(async () => {
  tenant = await startTestTenant();
});
afterAll(() => tenant.close());

function fresh(permissions?: string[]): Sources {
  const { metadataHost, tenantId, deployer } = tenant.graph;
  const { clientId, clientSecret } = permissions ? tenant.graph.addClient({ permissions }) : deployer;
  const options = { trust: tenant.authority.caPem, env: {} };
  return {
    graph: () => openGraph({ metadataHost, tenantId, clientId, clientSecret }, options),
    database: () => Promise.reject(new Error("no database here")),
    unnamedLeftovers: new Map(),
  };
}

const find = (type: string, inputs: Inputs) => {
  const [token] = Object.keys(finders).filter((one) => one.endsWith(`:${type}`));
  return (finders[token ?? ""] ?? expect.fail(type))(sources, inputs);
};
const post = async (path: string, body: unknown) => (await tenant.client.post(`/v1.0${path}`, body)).body;

describe("finders of existing objects", () => {
  beforeAll(() => {
    sources = fresh();
  });

  it("finds no duplicate in a clean tenant or while an input is unknown", async () => {
    expect(await find("Application", { displayName: "Nobody's" })).toEqual([]);
    expect(await find("Group", { displayName: "Nobody's" })).toEqual([]);
    for (const type of Object.keys(finders).map((token) => token.split(":").at(-1) ?? "")) {
      expect(await find(type, {})).toEqual([]);
    }
  });

  it("finds an application with the same name, and its service principal", async () => {
    const { id, appId } = await post("/applications", { displayName: "It's there" });
    expect(await find("Application", { displayName: "It's there" })).toEqual([
      {
        description: `an application named "It's there" (object id ${id}, client id ${appId})`,
        importId: `/applications/${id}`,
        remedy: "rename or delete it",
      },
    ]);
    expect(await find("ServicePrincipal", { clientId: appId })).toEqual([]);
    const principal = await post("/servicePrincipals", { appId });
    expect(await find("ServicePrincipal", { clientId: appId })).toMatchObject([
      { importId: `/servicePrincipals/${principal.id}` },
    ]);
  });

  it("finds an application from the template, and its role assignment and job", async () => {
    const { applicationId, servicePrincipalId } = await tenant.enterpriseApp("left-over");
    expect(await find("ApplicationFromTemplate", { displayName: "left-over", templateId: template })).toMatchObject([
      { importId: `/applicationTemplates/${template}/instantiate/${applicationId}/${servicePrincipalId}` },
    ]);
    const { id: principalId } = tenant.graph.state.createGroup({ displayName: "assigned" });
    const { appRoles } = tenant.graph.state.servicePrincipal(servicePrincipalId);
    const appRoleId = appRoles.find(({ displayName }) => displayName === "User")?.id;
    const inputs = { appRoleId, principalObjectId: principalId, resourceObjectId: servicePrincipalId };
    expect(await find("AppRoleAssignment", inputs)).toEqual([]);
    const path = `/servicePrincipals/${servicePrincipalId}`;
    const { id } = await post(`${path}/appRoleAssignedTo`, { appRoleId, principalId, resourceId: servicePrincipalId });
    expect(await find("AppRoleAssignment", inputs)).toMatchObject([{ importId: `${path}/appRoleAssignedTo/${id}` }]);
    const job = { servicePrincipalId: path, templateId: "scim" };
    expect(await find("SynchronizationJob", job)).toEqual([]);
    const made = await post(`${path}/synchronization/jobs`, { templateId: "scim" });
    expect(await find("SynchronizationJob", job)).toMatchObject([
      { importId: `${path}/synchronization/jobs/${made.id}` },
    ]);
  });

  it("finds a client secret with the same name and end, and offers only its removal", async () => {
    const { id, appId } = await post("/applications", { displayName: "with a secret" });
    const passwordCredential = { displayName: "CA", endDateTime: "2299-12-31T00:00:00Z" };
    const { keyId, secretText } = await post(`/applications/${id}/addPassword`, { passwordCredential });
    const inputs = { applicationId: `/applications/${id}`, displayName: "CA", endDate: "2299-12-31T00:00:00Z" };
    const found = await find("ApplicationPassword", inputs);
    expect(found).toMatchObject([{ remedy: `remove it: az ad app credential delete --id ${appId} --key-id ${keyId}` }]);
    expect(found[0]).not.toHaveProperty("importId");
    expect(JSON.stringify(found)).not.toContain(secretText);
    // A secret with another end is the one that the rotation replaces.
    expect(await find("ApplicationPassword", { ...inputs, endDate: "2030-01-01T00:00:00Z" })).toEqual([]);
  });

  it("matches each own group that was left without its name to at most one resource", async () => {
    const { objectId } = tenant.graph.deployer;
    const theirs = tenant.graph.state.createGroup({ displayName: "TERRAFORM_UPDATE_theirs" });
    const ours = tenant.graph.state.createGroup({ displayName: "TERRAFORM_UPDATE_ours" });
    tenant.graph.state.owners.add(ours.id, objectId);
    const named = tenant.graph.state.createGroup({ displayName: "named already" });
    sources = fresh();
    // A group with the name exists, so the unnamed one stays for another resource, regardless of the order.
    expect(await find("Group", { displayName: "named already" })).toMatchObject([{ importId: `/groups/${named.id}` }]);
    expect(await find("Group", { displayName: "first" })).toMatchObject([{ importId: `/groups/${ours.id}` }]);
    expect(await find("Group", { displayName: "second" })).toEqual([]);
    tenant.graph.state.delete(theirs.id);
    tenant.graph.state.delete(ours.id);
  });

  it("names the missing permission when a lookup is forbidden", async () => {
    sources = fresh(["Synchronization.ReadWrite.All"]);
    await expect(find("Group", { displayName: "x" })).rejects.toThrow(
      /does not allow this application to check whether an object already exists before creating it .*Group\.Read\.All/,
    );
  });
});
