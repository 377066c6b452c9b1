import type { TestTenant } from "entra-emulator/testing";
import { TestEngine } from "../host/testing";
import { usersync } from "../plugin";

/** Starts the plugin and signs in as an application with only these permissions. */
export async function connectPlugin(
  tenant: TestTenant,
  permissions: readonly string[],
  settings: object = {},
): Promise<TestEngine> {
  const times = { firstMs: 1, maxRetryAfterMs: 2000, requestMs: 20_000 };
  const engine = await TestEngine.start(usersync({ graph: { trust: tenant.authority.caPem, times, env: {} } }));
  const { clientId, clientSecret } = tenant.graph.addClient({ permissions });
  const { metadataHost, tenantId } = tenant.graph;
  await engine.configure({ tenantId, clientId, clientSecret, metadataHost, ...settings });
  return engine;
}
