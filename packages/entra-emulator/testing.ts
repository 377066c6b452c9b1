import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import { createAuthority, type Authority } from "./tls";
import { graphPermissions } from "./state/wellKnown";
import { startGraph, type ClientCredentials, type GraphEmulator } from "./emulator";
import type { TenantSeed } from "./seed/seed";

export { serveHttps } from "./http/serveHttps";
export { deployerPermissions } from "./seed/tenant";
export { mapping } from "./synchronization/scimTemplate";
export { scimTemplateSchema } from "./synchronization/scimTemplate";
export { generateTestSecret, testSecretPrefix } from "./directory/credentials";

/** A parsed HTTP response for tests. */
export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests read bodies of many shapes
  body: any;
}

/**
 * Sends one HTTPS request that trusts only the given CA (PEM). Parses the response body as JSON. Rejects if no response arrives
 * within 30 seconds.
 */
export async function send(
  ca: string,
  method: string,
  url: string,
  { headers, body }: { headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  const call = request(url, { method, ca, headers, agent: false, signal: AbortSignal.timeout(30_000) });
  call.end(body);
  const [response] = (await once(call, "response")) as [IncomingMessage];
  const content = await text(response);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: content === "" ? undefined : JSON.parse(content),
  };
}

/** Client of the emulator. Gets its access token with the client credentials flow before the first request. */
export class TestClient {
  private token: string | undefined;

  constructor(
    private readonly graph: GraphEmulator,
    private readonly ca: string,
    private readonly credentials: ClientCredentials,
  ) {}

  async call(method: string, path: string, body?: unknown): Promise<Answer> {
    this.token ??= await this.fetchToken();
    const url = path.startsWith("https:") ? path : `${this.graph.url}${path}`;
    const headers = { authorization: `Bearer ${this.token}`, "content-type": "application/json" };
    return send(this.ca, method, url, { headers, body: typeof body === "string" ? body : JSON.stringify(body) });
  }

  get = (path: string): Promise<Answer> => this.call("GET", path);
  post = (path: string, body?: unknown): Promise<Answer> => this.call("POST", path, body);
  put = (path: string, body?: unknown): Promise<Answer> => this.call("PUT", path, body);
  patch = (path: string, body?: unknown): Promise<Answer> => this.call("PATCH", path, body);
  delete = (path: string): Promise<Answer> => this.call("DELETE", path);

  private async fetchToken(): Promise<string> {
    const { clientId, clientSecret } = this.credentials;
    const answer = await send(this.ca, "POST", `${this.graph.url}/${this.graph.tenantId}/oauth2/v2.0/token`, {
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: clientId,
        client_secret: clientSecret,
        scope: `${this.graph.url}/.default`,
      }).toString(),
    });
    if (answer.status !== 200) throw new Error(String(answer.body?.error_description));
    return String(answer.body.access_token);
  }
}

/** An emulator for one test file with a client that has all permissions. */
export interface TestTenant {
  graph: GraphEmulator;
  client: TestClient;
  authority: Authority;
  /** Credentials of `client`. */
  everything: ClientCredentials;
  /** Registers a client that has only these permissions. */
  clientWith(...permissions: string[]): TestClient;
  /** Creates an enterprise application from the non-gallery template. Default name: smallstep-usersync. */
  enterpriseApp(displayName?: string): Promise<{ applicationId: string; servicePrincipalId: string }>;
  close(): Promise<void>;
}

export async function startTestTenant(tenant?: TenantSeed): Promise<TestTenant> {
  const dir = mkdtempSync(join(tmpdir(), "graph-"));
  const authority = await createAuthority(dir);
  const graph = await startGraph({ authority, tenant });
  const everything = graph.addClient({ permissions: Object.keys(graphPermissions), displayName: "Tests" });
  const client = new TestClient(graph, authority.caPem, everything);
  return {
    graph,
    client,
    authority,
    everything,
    clientWith: (...permissions) => new TestClient(graph, authority.caPem, graph.addClient({ permissions })),
    enterpriseApp: async (displayName = "smallstep-usersync") => {
      const path = "/v1.0/applicationTemplates/8adf8e6e-67b2-4cf2-a259-e3dc5476c621/instantiate";
      const { body } = await client.post(path, { displayName });
      return { applicationId: String(body.application.id), servicePrincipalId: String(body.servicePrincipal.id) };
    },
    close: async () => {
      await graph.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
