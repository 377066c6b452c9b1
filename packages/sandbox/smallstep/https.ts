import type { RequestListener } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";

import type { Authority } from "entra-emulator";

export interface HttpsServer {
  /** Base URL: `https://localhost:PORT`. */
  url: string;
  close(): Promise<void>;
}

/** Serves HTTPS on a free port of 127.0.0.1. */
export async function serveHttps(authority: Authority, listener: RequestListener): Promise<HttpsServer> {
  const server = createServer({ ...(await authority.issue()), minVersion: "TLSv1.2" }, listener);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
