import path from "node:path";
import type { ClientCredentials } from "entra-emulator";
import { projectFolder, toolEnvironment } from "./toolEnvironment";
import type { SandboxEnvironment } from "./environment";
import { runProgram, type ProgramResult } from "./runProgram";

const root = path.join(__dirname, "../../..");

/** Runs a command of this repository as a user does, in a separate process, on the stack of the run. */
export function runCommand(
  environment: SandboxEnvironment,
  given: {
    command: "drift" | "preview-comment" | "status";
    args: string[];
    as: ClientCredentials;
    env?: Record<string, string>;
  },
): Promise<ProgramResult> {
  const args = [path.join(root, "packages/cli/bin/smallstep-ssh.js"), given.command, "--stack", "dev"];
  const engineFolder = path.dirname(environment.engine.command.command);
  const env = {
    ...process.env,
    ...toolEnvironment(environment, given.as),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PATH: [engineFolder, process.env["PATH"] ?? ""].join(path.delimiter),
    ...given.env,
  };
  return runProgram(process.execPath, [...args, "--cwd", projectFolder(environment), ...given.args], {
    cwd: root,
    env,
  });
}
