import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startTestTenant, type TestTenant } from "entra-emulator/testing";
import { getGroup } from "./groups";
import { openGraph } from "./openGraph";

let tenant: TestTenant;
beforeAll(async () => {
  tenant = await startTestTenant();
});
afterAll(() => tenant?.close());

describe("openGraph", () => {
  it("signs in once for reading the claims and for later calls", async () => {
    const { metadataHost, tenantId, deployer, state, requests } = tenant.graph;
    const { clientId, clientSecret } = deployer;
    const options = { trust: tenant.authority.caPem, env: {} };
    const graph = await openGraph({ tenantId, clientId, clientSecret, metadataHost }, options);
    expect((await graph.claims())?.roles).toContain("Application.ReadWrite.All");
    const { id } = state.groupByName("platform-ssh");
    expect(await getGroup(graph, id)).toMatchObject({ id, displayName: "platform-ssh", securityEnabled: true });
    expect(requests.all().filter(({ path }) => path.endsWith("/oauth2/v2.0/token"))).toHaveLength(1);
  });
});
