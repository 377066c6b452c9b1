import path from "node:path";
import type { ClientCredentials } from "entra-emulator";
import { projectFolder, toolEnvironment } from "./toolEnvironment";
import type { SandboxEnvironment } from "./environment";
import { runProgram, type ProgramResult } from "../runProgram";

const program = path.join(__dirname, "../../cli/bin/smallstep-ssh.js");

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
  const stack = ["--stack", "dev", "--cwd", projectFolder(environment)];
  return runProgram(process.execPath, [program, given.command, ...stack, ...given.args], {
    env: { ...process.env, ...toolEnvironment(environment, given.as), ...given.env },
  });
}
