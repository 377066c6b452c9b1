import { createInterface } from "node:readline";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { deploy } from "../../../../stack";

/**
 * The stack's program as a process of its own, for the engine to call (`--client`), as the Automation API hosts inline programs. Answers
 * each line of its standard input with its port, and ends when that does.
 */
async function main(): Promise<void> {
  /* eslint-disable @typescript-eslint/no-require-imports -- the SDK's own server of inline programs, which it does not export */
  const { LanguageServer } = require("@pulumi/pulumi/automation/server") as {
    LanguageServer: new (program: PulumiFn) => unknown;
  };
  const { serve } = require("../../../../sandbox/engine/language/serve.cjs") as {
    serve(service: unknown): Promise<number>;
  };
  /* eslint-enable */
  const port = await serve(new LanguageServer(() => deploy()));
  createInterface({ input: process.stdin })
    .on("line", () => process.stdout.write(`${port}\n`))
    .on("close", () => process.exit(0));
}

void main();
