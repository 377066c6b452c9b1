import { createServer as createProxy, type RequestListener } from "node:http";
import { createServer } from "node:https";
import { connect, type AddressInfo, type Server, type Socket } from "node:net";
import type { Authority } from "entra-emulator";

/** A proxy (`HTTPS_PROXY`) that replaces the internet with local servers. */
export interface AzureProxy {
  proxyUrl: string;
  /** Requested hosts that the proxy does not serve. */
  unknown: string[];
  close(): Promise<void>;
}

/**
 * Starts a proxy on 127.0.0.1 that serves the given hosts on port 443 with certificates of this authority and rejects
 * all other hosts.
 */
export async function startAzureProxy(
  authority: Authority,
  hosts: Record<string, RequestListener>,
): Promise<AzureProxy> {
  const unknown: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer(await authority.issue(Object.keys(hosts)), (request, response) => {
    const listener = hosts[request.headers.host ?? ""];
    if (listener === undefined) response.writeHead(421).end();
    else listener(request, response);
  });
  const port = await listen(server);
  const proxy = createProxy((_request, response) => void response.writeHead(405).end());
  proxy.on("connect", ({ url = "" }, client: Socket) => {
    if (hosts[url.replace(/:443$/, "")] === undefined) {
      unknown.push(url);
      client.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
      return;
    }
    const behind = connect(port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      behind.pipe(client).pipe(behind);
    });
    for (const [one, other] of [
      [client, behind],
      [behind, client],
    ] as const) {
      sockets.add(one);
      one.on("error", () => other.destroy()).on("close", () => sockets.delete(one));
    }
  });
  const proxyUrl = `http://127.0.0.1:${await listen(proxy)}`;
  return {
    proxyUrl,
    unknown,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await Promise.all([server, proxy].map((one) => new Promise((resolve) => one.close(resolve))));
    },
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}
