import { connect, createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

/** A TLS record of application data: what carries a request, once hands are shaken. */
const APPLICATION_DATA = 0x17;

export interface FaultProxy {
  port: number;
  close(): void;
}

/**
 * A door before a TLS server of this machine. `onRequest` is told of each piece of a request that comes by; what it answers decides
 * whether the piece goes on (`pass`), or is lost with the connection (`drop`), or goes on and the answer is lost (`dropResponse`).
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
