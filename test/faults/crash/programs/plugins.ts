import { once } from "node:events";
import { flushCompileCache } from "node:module";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { listen, type Plugin } from "@smallstep-ssh/usersync/host";
import { usersync } from "@smallstep-ssh/usersync/plugin";
import { azuread, kubernetes, postgresql, random } from "@smallstep-ssh/plugin-stand-ins";

/**
 * Serves all plugins of the stack in one process, to which the engine attaches (PULUMI_DEBUG_PROVIDERS). Killing this
 * process kills the plugin that is working. Each connection gets its own plugin instance, as each provider of the engine
 * gets its own plugin process. Prints the addresses of the plugins, and exits when standard input closes.
 */
const plugins: Record<string, () => Plugin<never>> = {
  usersync: () => usersync() as unknown as Plugin<never>,
  azuread: () => azuread({ waits: { everyMs: 2, atMostMs: 20_000 } }) as unknown as Plugin<never>,
  kubernetes: () => kubernetes() as unknown as Plugin<never>,
  postgresql: () => postgresql() as unknown as Plugin<never>,
  random: () => random() as unknown as Plugin<never>,
};

async function forward(client: Socket, create: () => Plugin<never>): Promise<void> {
  const { port, close } = await listen(create());
  const upstream = connect(port, "127.0.0.1");
  client.pipe(upstream).pipe(client);
  for (const socket of [client, upstream]) {
    socket.on("error", () => undefined);
    socket.on("close", () => {
      client.destroy();
      upstream.destroy();
      close();
    });
  }
}

async function main(): Promise<void> {
  const addresses = Object.entries(plugins).map(async ([name, create]) => {
    const server = createServer((client) => void forward(client, create)).listen(0, "127.0.0.1");
    await once(server, "listening");
    return `${name}:${(server.address() as AddressInfo).port}`;
  });
  process.stdout.write(`${(await Promise.all(addresses)).join(",")}\n`);
  process.stdin.on("close", () => process.exit(0)).resume();
  // A killed process saves nothing.
  flushCompileCache();
}

void main();
