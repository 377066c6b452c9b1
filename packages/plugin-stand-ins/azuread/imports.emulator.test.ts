import { afterAll, beforeAll, expect, it } from "vitest";

import type { TestEngine, WireValue } from "@smallstep-ssh/usersync/testing";
import { startTestTenant, type TestTenant } from "entra-emulator/testing";
import { connect, Managed, secret } from "./testing";

let tenant: TestTenant;
let engine: TestEngine;
beforeAll(async () => {
  tenant = await startTestTenant();
  engine = await connect(tenant, tenant.everything);
});
afterAll(async () => {
  engine?.close();
  await tenant?.close();
});

const token = (name: string) => `azuread:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`;
const guid = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

/** Creates a resource, imports it by its id, and returns the changes that `up` plans for the same program. */
async function imported(name: string, program: WireValue, form: RegExp) {
  const managed = await Managed.create(engine, token(name), program);
  expect(managed.id).toMatch(form);
  const { id, inputs, outputs } = await engine.read(token(name), managed.id);
  expect(id).toBe(managed.id);
  const checked = await engine.check(token(name), program);
  expect(checked.failures).toEqual([]);
  const { detailed } = await engine.diff(token(name), id, inputs, outputs, checked.inputs);
  return { managed, changes: Object.keys(detailed) };
}

// The id formats come from the official provider's documentation.
it("imports resources by the official ids without a planned change", async () => {
  const owners = [tenant.everything.objectId];
  const group = await imported(
    "Group",
    { displayName: "g", securityEnabled: true, owners },
    RegExp(`^/groups/${guid}$`),
  );
  const application = await imported("Application", { displayName: "a", owners }, RegExp(`^/applications/${guid}$`));
  const principal = await imported(
    "ServicePrincipal",
    { clientId: application.managed.outputs["clientId"], owners },
    RegExp(`^/servicePrincipals/${guid}$`),
  );
  const grant = await imported(
    "ServicePrincipalDelegatedPermissionGrant",
    {
      servicePrincipalObjectId: principal.managed.outputs["objectId"],
      resourceServicePrincipalObjectId: tenant.graph.state.servicePrincipalByAppId(
        "00000003-0000-0000-c000-000000000000",
      )?.id,
      claimValues: ["openid"],
    },
    /^\/oauth2PermissionGrants\/[^/]+$/,
  );
  const enterprise = await imported(
    "ApplicationFromTemplate",
    { displayName: "e", templateId: "8adf8e6e-67b2-4cf2-a259-e3dc5476c621" },
    RegExp(`^/applicationTemplates/${guid}/instantiate/${guid}/${guid}$`),
  );
  const { servicePrincipalId, servicePrincipalObjectId } = enterprise.managed.outputs;
  const roles = tenant.graph.state.servicePrincipal(String(servicePrincipalObjectId)).appRoles;
  const assignment = await imported(
    "AppRoleAssignment",
    {
      appRoleId: roles.find(({ displayName }) => displayName === "User")?.id,
      principalObjectId: group.managed.outputs["objectId"],
      resourceObjectId: servicePrincipalObjectId,
    },
    RegExp(`^/servicePrincipals/${guid}/appRoleAssignedTo/[^/]+$`),
  );
  const job = await imported(
    "SynchronizationJob",
    { servicePrincipalId, templateId: "scim", enabled: false },
    RegExp(`^/servicePrincipals/${guid}/synchronization/jobs/scim\\.`),
  );
  for (const { changes } of [group, application, principal, grant, enterprise, assignment, job]) {
    expect(changes).toEqual([]);
  }
  const credentials = [
    { key: "BaseAddress", value: "https://scim.example.com" },
    { key: "SecretToken", value: secret("the-token") },
  ];
  const secrets = await imported(
    "SynchronizationSecret",
    { servicePrincipalId, credentials },
    /^\/servicePrincipals\//,
  );
  expect(secrets.changes, "values that the service masks are written again").toEqual(["credentials[1].value"]);
});

it("rejects the import of a client secret like the official provider", async () => {
  const { managed } = await imported("Application", { displayName: "b", owners: [tenant.everything.objectId] }, /./);
  const password = await Managed.create(engine, token("ApplicationPassword"), { applicationId: managed.id });
  await expect(engine.read(token("ApplicationPassword"), password.id)).rejects.toThrow(/cannot be imported/);
  expect(await password.refresh()).toBe(true);
});
