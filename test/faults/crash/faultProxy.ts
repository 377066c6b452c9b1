import { connect, createServer, type Socket, type AddressInfo } from "node:net";

/** Type of a TLS record of application data, which carries a request after the handshake. */
const APPLICATION_DATA = 0x17;

export interface FaultProxy {
  port: number;
  close(): void;
}

/**
 * Starts a proxy for a local TLS server. It calls `onRequest` for each part of a request. The result decides whether
 * the part is forwarded (`pass`), is lost with the connection (`drop`), or is forwarded and its response is lost
 * (`dropResponse`).
 */
export async function openGate(target: number, onRequest: () => "pass" | "drop" | "dropResponse"): Promise<FaultProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target, "127.0.0.1");
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on("data", (data) => {
      const decision = data[0] === APPLICATION_DATA ? onRequest() : "pass";
      if (decision === "drop") return void client.destroy();
      if (decision === "dropResponse") {
        upstream.off("data", answer);
        setTimeout(() => client.destroy(), 100);
      }
      upstream.write(data);
    });
    const answer = (data: Buffer) => void client.write(data);
    upstream.on("data", answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
