import { readdirSync } from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";

const examples = readdirSync(__dirname).filter((file) => /^[a-z]\w+\.ts$/i.test(file));

/** Resource types that each example declares, in alphabetical order, without providers and components. */
const declared: Record<string, string[]> = {
  "accessGroups.ts": ["azuread:index/group:Group"],
  "attributeMappings.ts": ["usersync:entra:AttributeMappings"],
  "oidcApplication.ts": [
    "azuread:index/appRoleAssignment:AppRoleAssignment",
    "azuread:index/application:Application",
    "azuread:index/applicationPassword:ApplicationPassword",
    "azuread:index/servicePrincipal:ServicePrincipal",
  ],
  "registration.ts": [
    "kubernetes:batch/v1:Job",
    "kubernetes:core/v1:ConfigMap",
    "kubernetes:core/v1:Secret",
    "postgresql:index/grant:Grant",
    "postgresql:index/grant:Grant",
    "postgresql:index/role:Role",
    "random:index/randomPassword:RandomPassword",
    "usersync:smallstep:Registration",
  ],
  "userSync.ts": [
    "azuread:index/appRoleAssignment:AppRoleAssignment",
    "azuread:index/applicationFromTemplate:ApplicationFromTemplate",
    "azuread:index/synchronizationJob:SynchronizationJob",
    "azuread:index/synchronizationSecret:SynchronizationSecret",
    "usersync:entra:AttributeMappings",
    "usersync:entra:ConnectionTest",
    "usersync:entra:Provisioning",
  ],
};

it.each(examples)("%s declares only the resources of its component", async (file) => {
  const types: string[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, custom }) => {
        if (custom === true && !type.startsWith("pulumi:providers:")) types.push(type);
        return { id: `${name}-id`, state: { objectId: `${name}-id`, clientId: `${name}-id`, ...inputs } };
      },
      call: ({ inputs }) => ({
        objectId: `${String((inputs as { displayName?: string }).displayName)}-id`,
        appRoles: [{ id: "user-role", displayName: "User", enabled: true, allowedMemberTypes: ["User"] }],
      }),
    },
    "example",
    "dev",
    false,
  );
  pulumi.runtime.setAllConfig({
    "example:scimToken": "token",
    "example:databasePassword": "password",
    "example:clientSecret": "secret",
    "example:jobId": "/servicePrincipals/1/synchronization/jobs/scim.1.2",
  });
  const program = (await import(path.join(__dirname, file))) as { default: () => Record<string, unknown> };
  const outputs = program.default();
  for (const value of Object.values(outputs)) {
    if (pulumi.Output.isInstance(value)) await new Promise((resolve) => void value.apply(resolve));
  }
  await expect.poll(() => [...types].sort(), { timeout: 20_000 }).toEqual(declared[file]);
});
