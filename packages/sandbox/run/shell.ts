import type { Engine } from "../engine/engine";
import { runProgram, type ProgramResult } from "../runProgram";
import { pathWith } from "./toolEnvironment";

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
    this.env = {
      PATH: pathWith(engine),
      HOME: process.env["HOME"] ?? "",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      ...env,
    };
  }

  /** Runs a command and passes `input` to its standard input. */
  async type(command: string, input = ""): Promise<ProgramResult> {
    // Confirm operations as a user does. --preview-only changes nothing and must not be confirmed.
    const agreed = command.includes("--preview-only") ? {} : { PULUMI_SKIP_CONFIRMATIONS: "true" };
    const options = { cwd: this.folder, env: { ...this.env, ...agreed }, input };
    const result = await runProgram("bash", ["--norc", "-euo", "pipefail", "-c", command], options);
    this.outputs.push(result.output);
    return result;
  }
}
