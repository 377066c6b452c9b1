import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type TestTenant, startTestTenant } from "entra-emulator/testing";
import type { TestEngine } from "../host/testing";
import { entraFinders } from "./duplicates";
import { connectPlugin } from "./testing";

const template = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621";

let tenant: TestTenant;
let engine: TestEngine;
beforeAll(async () => {
  tenant = await startTestTenant();
});
afterAll(async () => {
  engine?.close();
  await tenant?.close();
});

/** Starts a new run of the engine, as the deployer or as an application with these permissions. */
async function restart(permissions?: readonly string[]): Promise<void> {
  engine?.close();
  const { clientId, clientSecret } = tenant.graph.deployer;
  engine = await connectPlugin(tenant, permissions ?? [], permissions === undefined ? { clientId, clientSecret } : {});
}

const search = async (type: string, inputs: Record<string, string | undefined>) => {
  const token = Object.keys(entraFinders).find((one) => one.endsWith(`:${type}`)) ?? type;
  const { result } = await engine.invoke("usersync:index:findDuplicates", { type: token, inputs });
  return result as { duplicates: object[]; forbidden?: string };
};
const find = async (type: string, inputs: Record<string, string | undefined>) =>
  (await search(type, inputs)).duplicates;
const post = async (path: string, body: unknown) => (await tenant.client.post(`/v1.0${path}`, body)).body;

describe("findDuplicates", () => {
  beforeAll(() => restart());

  it("finds nothing for a type whose creation is idempotent", async () => {
    expect(await find("random:index/randomPassword:RandomPassword", { displayName: "x" })).toEqual([]);
  });

  it("finds no duplicate in a clean tenant or while an input is unknown", async () => {
    expect(await find("Application", { displayName: "Nobody's" })).toEqual([]);
    expect(await find("Group", { displayName: "Nobody's" })).toEqual([]);
    for (const type of Object.keys(entraFinders).map((token) => token.split(":").at(-1) ?? "")) {
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
    const remedy = expect.stringMatching(
      `^remove it if the CA does not use it: az ad app credential delete --id ${appId} --key-id ${keyId} \\. If the CA uses it`,
    ) as unknown;
    expect(found).toMatchObject([{ remedy }]);
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
    await restart();
    // A group with the name exists, so the unnamed one stays for another resource, regardless of the order.
    expect(await find("Group", { displayName: "named already" })).toMatchObject([{ importId: `/groups/${named.id}` }]);
    expect(await find("Group", { displayName: "first" })).toMatchObject([{ importId: `/groups/${ours.id}` }]);
    expect(await find("Group", { displayName: "second" })).toEqual([]);
    tenant.graph.state.delete(theirs.id);
    tenant.graph.state.delete(ours.id);
  });

  it("names the missing permission when a lookup is forbidden", async () => {
    await restart(["Synchronization.ReadWrite.All"]);
    const { duplicates, forbidden } = await search("Group", { displayName: "x" });
    expect(duplicates).toEqual([]);
    expect(forbidden).toMatch(
      /does not allow this application to check whether an object already exists before creating it .*Group\.Read\.All/,
    );
  });
});
