import { flushCompileCache } from "node:module";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { deploy } from "@smallstep-ssh/stack";

/**
 * Serves the stack's program in its own process, which the engine calls (`--client`) as the Automation API hosts inline
 * programs. Prints its port, and exits when standard input closes.
 */
async function main(): Promise<void> {
  /* eslint-disable @typescript-eslint/no-require-imports -- the SDK does not export its server of inline programs */
  const { LanguageServer } = require("@pulumi/pulumi/automation/server") as {
    LanguageServer: new (program: PulumiFn) => unknown;
  };
  const { serve } = require("@smallstep-ssh/sandbox/languageServer") as {
    serve(service: unknown): Promise<number>;
  };
  /* eslint-enable */
  const port = await serve(new LanguageServer(() => deploy()));
  process.stdout.write(`${port}\n`);
  process.stdin.on("close", () => process.exit(0)).resume();
  // A killed process saves nothing.
  flushCompileCache();
}

void main();
