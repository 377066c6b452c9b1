import { spawn } from "node:child_process";
import path from "node:path";
import type { Engine } from "../engine/engine";

export interface CommandResult {
  code: number | null;
  output: string;
}

/** A shell that runs commands of this project and of the engine as a user types them. */
export class Shell {
  /** Output of all commands so far, one entry for each command. */
  readonly outputs: string[] = [];
  private readonly env: Record<string, string>;

  constructor(
    engine: Engine,
    private readonly folder: string,
    env: Record<string, string>,
  ) {
    // The engine finds a language host here if it has none of its own.
    const host = path.join(__dirname, "../engine/language");
    this.env = {
      PATH: [path.dirname(engine.command.command), process.env["PATH"], host].join(path.delimiter),
      HOME: process.env["HOME"] ?? "",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      ...env,
    };
  }

  /** Runs a command and passes `input` to its standard input. */
  type(command: string, input = ""): Promise<CommandResult> {
    // Confirm operations as a user does. --preview-only changes nothing and must not be confirmed.
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
      // A command that reads no input can exit before the write.
      child.stdin.on("error", () => undefined);
      child.stdin.end(input);
    });
  }
}
