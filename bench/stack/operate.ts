/**
 * One operation of a stack in a process of its own, as `pulumi` starts one for each: prints the milliseconds that reading the
 * program and the operation took together. The engine's start-up questions about the stack are left out; they are the same for all.
 */
import { PulumiCommand } from "@pulumi/pulumi/automation";
import { readFileSync } from "node:fs";
import path from "node:path";
import { isUnchanged, SandboxStack } from "../../sandbox/run/stack";
import type * as ours from "../../stack";
import type * as bare from "./bareProgram";
import type { Prepared } from "./stacks";

async function main(file: string, operation: "preview" | "refresh"): Promise<void> {
  const { program, bareWith, trust, pulumi, ...options } = JSON.parse(readFileSync(file, "utf8")) as Prepared;
  // Its folder has `bin/pulumi`; one on PATH need not.
  const root = path.dirname(path.dirname(pulumi));
  const engine = await PulumiCommand.get(path.isAbsolute(pulumi) ? { root } : {});
  const begun = performance.now();
  // Only the one that is measured is read.
  /* eslint-disable @typescript-eslint/no-require-imports */
  const declared =
    program === "ours"
      ? deployOf(require("../../stack") as typeof ours, trust)
      : (require("./bareProgram") as typeof bare).bareProgram(bareWith.settings, bareWith.token);
  /* eslint-enable */
  const read = performance.now() - begun;
  const stack = await SandboxStack.create({ ...options, config: {}, engine, program: declared });
  const started = performance.now();
  const { changes, output } = await stack[operation]();
  const milliseconds = read + performance.now() - started;
  if (!isUnchanged(changes)) throw new Error(`The ${operation} found something to do:\n${output}`);
  process.stdout.write(`${milliseconds}\n`);
}

const deployOf =
  ({ deploy }: typeof ours, trust: string) =>
  () =>
    deploy({ graph: { trust } });

main(process.argv[2]!, process.argv[3] as "preview" | "refresh").then(
  () => process.exit(),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
