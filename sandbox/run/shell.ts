import { spawn } from "node:child_process";
import path from "node:path";
import type { Engine } from "../engine";

const root = path.join(__dirname, "../..");

export interface CommandResult {
  code: number | null;
  output: string;
}

/** A shell in which a person types commands of this project and of the engine. */
export class Shell {
  /** All that they printed. */
  readonly outputs: string[] = [];
  private readonly env: Record<string, string>;

  constructor(
    engine: Engine,
    private readonly folder: string,
    env: Record<string, string>,
  ) {
    // Where the engine finds what runs programs and policies when it has nothing of its own.
    const host = path.join(root, "sandbox/engine/language");
    this.env = {
      PATH: [path.dirname(engine.command.command), process.env["PATH"], host].join(path.delimiter),
      HOME: process.env["HOME"] ?? "",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      ...env,
    };
  }

  /** Types a command, and `input` when it asks. */
  type(command: string, input = ""): Promise<CommandResult> {
    // A person is asked; not where nothing is changed, which the engine would not have confirmed.
    const agreed = command.includes("--preview-only") ? {} : { PULUMI_SKIP_CONFIRMATIONS: "true" };
    return new Promise((resolve, reject) => {
      const child = spawn("bash", ["--norc", "-euo", "pipefail", "-c", command], {
        cwd: this.folder,
        env: { ...this.env, ...agreed },
      });
      let output = "";
      for (const stream of [child.stdout, child.stderr])
        stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
      child.on("error", reject);
      child.on("close", (code) => {
        this.outputs.push(output);
        resolve({ code, output });
      });
      // A command that asks nothing may have ended before.
      child.stdin.on("error", () => undefined);
      child.stdin.end(input);
    });
  }
}
