import { spawn } from "node:child_process";
import path from "node:path";
import type { ClientCredentials } from "entra-emulator";
import { projectFolder, toolEnvironment } from "./toolEnvironment";
import type { SandboxEnvironment } from "./environment";

const root = path.join(__dirname, "../../..");

export interface CommandResult {
  code: number | null;
  out: string;
  err: string;
}

/** Runs a command of this repository as a user does, in a separate process, on the stack of the run. */
export function runCommand(
  environment: SandboxEnvironment,
  given: {
    command: "drift" | "preview-comment" | "status";
    args: string[];
    as: ClientCredentials;
    env?: Record<string, string>;
  },
): Promise<CommandResult> {
  const args = [path.join(root, "packages/cli/bin/smallstep-ssh.js"), given.command, "--stack", "dev"];
  const engineFolder = path.dirname(environment.engine.command.command);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...args, "--cwd", projectFolder(environment), ...given.args], {
      cwd: root,
      env: {
        ...process.env,
        ...toolEnvironment(environment, given.as),
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PATH: [engineFolder, process.env["PATH"] ?? ""].join(path.delimiter),
        ...given.env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [out, err] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, out, err }));
  });
}
