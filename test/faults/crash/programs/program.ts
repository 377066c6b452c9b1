import { flushCompileCache } from "node:module";
import { createInterface } from "node:readline";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { deploy } from "@smallstep-ssh/stack";

/**
 * Serves the stack's program in its own process, which the engine calls (`--client`) as the Automation API hosts inline
 * programs. For each line of standard input, it prints its port. It exits when standard input closes.
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
  // A killed process saves nothing.
  flushCompileCache();
  createInterface({ input: process.stdin })
    .on("line", () => process.stdout.write(`${port}\n`))
    .on("close", () => process.exit(0));
}

void main();
