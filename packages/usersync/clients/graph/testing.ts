import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";

export interface Received {
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  body: string;
}

/** Response of the scripted server. `cut` closes the connection before the body is complete. */
export interface Answer {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
  cut?: boolean;
  /** Body as bytes, instead of `body`. */
  raw?: Buffer;
}

/** Certificate authority that issues the server's certificate. */
export interface TestAuthority {
  caPem: string;
  issue(): Promise<{ key: string; cert: string }>;
}

export interface ScriptedServer {
  host: string;
  url: string;
  ca: string;
  received: Received[];
  close(): Promise<void>;
}

const tenant = "7868462e-0000-4000-8000-000000000001";
export const scriptedSettings = (server: ScriptedServer) => ({
  tenantId: tenant,
  clientId: "7868462e-0000-4000-8000-000000000002",
  clientSecret: "the-client-secret",
  metadataHost: server.host,
});

/**
 * Starts an HTTPS server for tests. It issues tokens and describes its cloud like Entra ID, and a script returns all
 * other responses. It simulates network failures that the Graph emulator does not inject.
 */
export async function startScripted(
  authority: TestAuthority,
  answer: (request: Received, times: number) => Answer | Promise<Answer>,
  /** Replaces a response of the sign-in service. */
  signInAnswer: (path: string, times: number) => Answer | undefined = () => undefined,
): Promise<ScriptedServer> {
  const received: Received[] = [];
  const seen = new Map<string, number>();
  const server = createServer(await authority.issue(), (request, response) => {
    void (async () => {
      const path = request.url ?? "/";
      const own = signIn(path, `https://${request.headers.host ?? ""}`);
      let body = "";
      for await (const chunk of request) body += String(chunk);
      if (own !== undefined) {
        seen.set(path, (seen.get(path) ?? 0) + 1);
        return send(response, signInAnswer(path, seen.get(path) ?? 0) ?? { body: own });
      }
      const got = { method: request.method ?? "GET", path, headers: request.headers, body };
      received.push(got);
      const key = `${got.method} ${path}`;
      seen.set(key, (seen.get(key) ?? 0) + 1);
      send(response, await answer(got, seen.get(key) ?? 0));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `localhost:${(server.address() as AddressInfo).port}`;
  return {
    host,
    url: `https://${host}`,
    ca: authority.caPem,
    received,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function signIn(target: string, url: string): unknown {
  const path = target.replace(/\?.*/, "");
  if (path.startsWith("/metadata/endpoints")) {
    return { microsoftGraphResourceId: `${url}/`, authentication: { loginEndpoint: `${url}/` } };
  }
  if (path.includes("/.well-known/openid-configuration")) {
    const [, name = ""] = path.split("/");
    return {
      issuer: `${url}/${name}/v2.0`,
      authorization_endpoint: `${url}/${name}/oauth2/v2.0/authorize`,
      token_endpoint: `${url}/${name}/oauth2/v2.0/token`,
      end_session_endpoint: `${url}/${name}/oauth2/v2.0/logout`,
      jwks_uri: `${url}/${name}/discovery/v2.0/keys`,
    };
  }
  if (!path.endsWith("/oauth2/v2.0/token")) return undefined;
  const claims = { tid: tenant, appid: "me", oid: "sp", roles: ["Synchronization.ReadWrite.All"], scp: "User.Read" };
  const token = ["{}", JSON.stringify(claims), "x"].map((part) => Buffer.from(part).toString("base64url")).join(".");
  return { token_type: "Bearer", expires_in: 3600, access_token: token };
}

function send(response: ServerResponse, answer: Answer): void {
  const text =
    answer.body === undefined ? "" : typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body);
  if (answer.cut === true) {
    response.writeHead(200, { "content-type": "application/json", "content-length": String(text.length + 100) });
    response.write(text);
    setTimeout(() => response.destroy(), 10);
    return;
  }
  response.writeHead(answer.status ?? (text === "" ? 204 : 200), {
    "content-type": "application/json",
    ...answer.headers,
  });
  response.end(answer.raw ?? text);
}
