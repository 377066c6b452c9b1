import type { RequestListener } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";

import type { IssuedCertificate } from "../tls";

/** Serves HTTPS on a loopback address. Port 0 selects a free port. `url` is `https://localhost:PORT`. */
export async function serveHttps(
  certificate: IssuedCertificate,
  listener: RequestListener,
  port = 0,
  host: "127.0.0.1" | "::1" = "127.0.0.1",
): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer({ ...certificate, minVersion: "TLSv1.2" }, listener);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, host, resolve);
  });
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}
