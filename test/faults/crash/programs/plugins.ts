import { flushCompileCache } from "node:module";
import { createInterface } from "node:readline";
import { listen, type Plugin } from "@smallstep-ssh/usersync/host";
import { usersync } from "@smallstep-ssh/usersync/plugin";
import { azuread, kubernetes, postgresql, random } from "@smallstep-ssh/plugin-stand-ins";

/**
 * Serves all plugins of the stack in one process, to which the engine attaches (PULUMI_DEBUG_PROVIDERS). Killing this
 * process kills the plugin that is working. For each line of standard input, it prints the addresses of new plugin
 * instances, which serve one operation, because the engine cancels plugins after use. It exits when standard input
 * closes.
 */
async function open(): Promise<{ line: string; close(): void }> {
  const all = {
    usersync: usersync(),
    azuread: azuread({ waits: { everyMs: 2, atMostMs: 20_000 } }),
    kubernetes: kubernetes(),
    postgresql: postgresql(),
    random: random(),
  };
  const running = await Promise.all(
    Object.entries(all).map(async ([name, plugin]) => ({ name, ...(await listen(plugin as Plugin<unknown>)) })),
  );
  return {
    line: running.map(({ name, port }) => `${name}:${port}`).join(","),
    close: () => running.forEach(({ close }) => close()),
  };
}

let last: Awaited<ReturnType<typeof open>> | undefined;
createInterface({ input: process.stdin })
  .on("line", () => {
    last?.close();
    void open().then((opened) => {
      last = opened;
      process.stdout.write(`${opened.line}\n`);
      // A killed process saves nothing.
      flushCompileCache();
    });
  })
  .on("close", () => process.exit(0));
