import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startTestTenant, type TestTenant } from "entra-emulator/testing";
import { connectPlugin } from "./testing";

let tenant: TestTenant;
beforeAll(async () => {
  tenant = await startTestTenant();
});
afterAll(() => tenant?.close());

const permissions = [
  { anyOf: ["Group.ReadWrite.All", "Directory.ReadWrite.All"], why: "to create groups" },
  { anyOf: ["User.Read.All"], why: "to read users" },
];

/** Checks the access of an application with these permissions. */
async function problems(held: readonly string[], settings: object = {}, tenantId = tenant.graph.tenantId) {
  const engine = await connectPlugin(tenant, held, settings);
  const { result, failures } = await engine.invoke("usersync:entra:checkAccess", { tenantId, permissions });
  engine.close();
  expect(failures).toEqual([]);
  return (result as { problems: string[] }).problems;
}

describe("checkAccess", () => {
  it("reports no problem when the application has all permissions", async () => {
    expect(await problems(["Directory.ReadWrite.All", "User.Read.All"])).toEqual([]);
  });

  it("reports all missing permissions together, with their purpose", async () => {
    expect(await problems(["Application.Read.All"])).toEqual([
      expect.stringMatching(
        /^Microsoft Graph: the application [0-9a-f-]{36} lacks the application permission Group\.ReadWrite\.All or Directory\.ReadWrite\.All, to create groups: add it and grant admin consent$/,
      ),
      expect.stringContaining("lacks the application permission User.Read.All, to read users"),
    ]);
  });

  it("reports credentials of another tenant", async () => {
    const other = "aaaaaaaa-0e0b-4a55-8f0e-1d7e4a1b2c3d";
    expect(await problems(["Group.ReadWrite.All", "User.Read.All"], {}, other)).toEqual([
      `tenantId: is ${other}, but the credentials belong to tenant ${tenant.graph.tenantId}`,
    ]);
  });

  it("reports credentials that Entra rejects or that are missing, without the secret", async () => {
    const [rejected] = await problems([], { clientSecret: "wrong-client-secret" });
    expect(rejected).toMatch(/^Microsoft Graph: Entra ID issued no token/);
    expect(rejected).not.toContain("wrong-client-secret");
    expect(await problems([], { clientSecret: "", useCli: false })).toEqual([
      expect.stringMatching(/^azuread:clientSecret: no credentials are set/),
    ]);
  });
});
